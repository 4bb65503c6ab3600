"""Records TensorFlow 1.15's op registrations. Runs under TensorFlow 1.15.5, not under jitgraph.

In: TensorFlow's op registry. Out: op_defs.json, one entry an op type: its inputs, outputs and
attributes. Use: `python record_tf1.py op_defs`.
"""

OP_NAMES = """
Abs Acos Acosh Add AddN AddV2 AccumulateNV2 All Angle Any ApplyGradientDescent ApproximateEqual
ArgMax ArgMin Asin Asinh Assert Assign AssignAdd AssignSub Atan Atan2 Atanh BatchMatMul
BatchMatMulV2 BiasAdd BiasAddGrad BiasAddV1 Bitcast BitwiseAnd BitwiseOr BitwiseXor
BroadcastArgs BroadcastGradientArgs BroadcastTo Cast Ceil CheckNumerics ClipByValue Complex
ComplexAbs ConcatOffset ConcatV2 Conj ConjugateTranspose Const Cos Cosh Cross Cumprod Cumsum
CumulativeLogsumexp Diag DiagPart Digamma Div DivNoNan DynamicPartition DynamicStitch Einsum Elu
EluGrad EnsureShape Equal Erf Erfc Exp ExpandDims Expm1 EuclideanNorm Fill Floor FloorDiv FloorMod
Gather GatherNd GatherV2 Greater GreaterEqual Identity IdentityN Igamma Igammac IgammaGradA Imag
Inv InvGrad Invert InvertPermutation IsFinite IsInf IsNan IsVariableInitialized L2Loss LeakyRelu
LeakyReluGrad LeftShift Less LessEqual Lgamma LinSpace ListDiff Log Log1p LogSoftmax LogicalAnd
LogicalNot LogicalOr MatMul MatrixBandPart MatrixDiag MatrixDiagPart MatrixSetDiag MatrixDiagV2
MatrixDiagPartV2 MatrixSetDiagV2 Max Maximum Mean Merge Min Minimum MirrorPad MirrorPadGrad Mod
Mul MulNoNan Neg NextAfter NoOp NotEqual OneHot OnesLike Pack Pad PadV2 ParallelConcat
ParallelDynamicStitch Placeholder PlaceholderV2 PlaceholderWithDefault Polygamma PopulationCount
Pow PreventGradient Prod RandomStandardNormal RandomUniform RandomUniformInt RandomShuffle Range
Rank Real RealDiv Reciprocal ReciprocalGrad RefIdentity RefSwitch RefMerge Relu Relu6 Relu6Grad
ReluGrad Reshape ReverseSequence ReverseV2 RightShift Rint Roll Round Rsqrt RsqrtGrad ScatterAdd
ScatterDiv ScatterMax ScatterMin ScatterMul ScatterNd ScatterNdAdd ScatterNdNonAliasingAdd
ScatterNdSub ScatterNdUpdate ScatterSub ScatterUpdate SegmentMax SegmentMean SegmentMin
SegmentProd SegmentSum Select SelectV2 Selu SeluGrad Shape ShapeN Sigmoid SigmoidGrad Sign Sin
Sinh Size Slice Softmax SoftmaxCrossEntropyWithLogits Softplus SoftplusGrad Softsign SoftsignGrad
SparseSoftmaxCrossEntropyWithLogits Split SplitV Sqrt SqrtGrad Square SquaredDifference Squeeze
StopGradient StridedSlice StridedSliceAssign StridedSliceGrad StringFormat Sub Sum Switch Tan Tanh
TanhGrad TemporaryVariable DestroyTemporaryVariable TensorScatterAdd TensorScatterSub
TensorScatterUpdate Tile Transpose TruncateDiv TruncateMod TruncatedNormal Unique UniqueV2 Unpack
UnravelIndex UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum Variable
VariableV2 Where Xdivy Xlogy ZerosLike Zeta InTopK InTopKV2 TopKV2 BroadcastArgs Squeeze
ApplyAdadelta ApplyAdagrad ApplyAdagradDA ApplyAdam ApplyCenteredRMSProp ApplyFtrl ApplyFtrlV2
ApplyMomentum ApplyProximalAdagrad ApplyProximalGradientDescent ApplyRMSProp SparseApplyAdadelta
SparseApplyAdagrad SparseApplyAdagradDA SparseApplyCenteredRMSProp SparseApplyFtrl
SparseApplyFtrlV2 SparseApplyMomentum SparseApplyProximalAdagrad
SparseApplyProximalGradientDescent SparseApplyRMSProp UniqueWithCounts
NthElement CountUpTo LRN LRNGrad CTCLoss LogUniformCandidateSampler UniformCandidateSampler
LearnedUnigramCandidateSampler FixedUnigramCandidateSampler ThreadUnsafeUnigramCandidateSampler
AllCandidateSampler ComputeAccidentalHits FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3
FusedBatchNormGrad FusedBatchNormGradV2 FusedBatchNormGradV3 TopK Bincount
BatchNormWithGlobalNormalization SparseToDense CTCGreedyDecoder Bucketize SparseCross
SparseTensorDenseMatMul SparseReduceSum SparseReorder SparseDenseCwiseMul SparseDenseCwiseDiv
SparseDenseCwiseAdd SparseTensorDenseAdd SparseAdd SparseAddGrad SparseSparseMaximum
SparseSparseMinimum SparseSoftmax SparseReduceMax SparseReduceSumSparse SparseReduceMaxSparse
SparseSplit
Multinomial RandomGamma RandomPoissonV2 StatelessMultinomial StatelessRandomNormal
StatelessRandomUniform StatelessRandomUniformInt StatelessTruncatedNormal
Qr MatrixTriangularSolve Cholesky MatrixInverse MatrixDeterminant LogMatrixDeterminant MatrixSolve
MatrixSolveLs SelfAdjointEigV2 Svd RandomGammaGrad
SparseSegmentSum SparseSegmentSumWithNumSegments SparseSegmentMean SparseSegmentMeanWithNumSegments
SparseSegmentSqrtN SparseSegmentSqrtNWithNumSegments SparseSegmentMeanGrad SparseSegmentSqrtNGrad
ApplyAdaMax ApplyAddSign ApplyPowerSign RestoreV2 SaveV2
AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchToSpaceND Conv2D Conv2DBackpropFilter
Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 DepthToSpace
DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput
Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput ExtractImagePatches MaxPool MaxPool3D
MaxPool3DGrad MaxPool3DGradGrad MaxPoolGrad MaxPoolGradGrad MaxPoolGradWithArgmax MaxPoolWithArgmax
SpaceToBatchND SpaceToDepth
Enter RefEnter Exit RefExit NextIteration RefNextIteration LoopCond Print
ScalarSummary HistogramSummary ImageSummary AudioSummaryV2 MergeSummary TensorSummaryV2
PyFunc PyFuncStateless EagerPyFunc StringLength
TensorArrayV3 TensorArrayGradV3 TensorArrayWriteV3 TensorArrayReadV3 TensorArrayGatherV3
TensorArrayScatterV3 TensorArrayConcatV3 TensorArraySplitV3 TensorArraySizeV3 TensorArrayCloseV3
StackV2 StackPushV2 StackPopV2 StackCloseV2 ControlTrigger
DecodeRaw FIFOQueueV2 FixedLengthRecordReaderV2 IdentityReaderV2 MergeV2Checkpoints
PaddingFIFOQueueV2 ParseExample ParseSingleExample PriorityQueueV2 QueueCloseV2 QueueDequeueManyV2
QueueDequeueUpToV2 QueueDequeueV2 QueueEnqueueManyV2 QueueEnqueueV2 QueueIsClosedV2 QueueSizeV2
RandomShuffleQueueV2 ReaderNumRecordsProducedV2 ReaderNumWorkUnitsCompletedV2 ReaderReadUpToV2
ReaderReadV2 ReaderResetV2 ShardedFilename StringJoin TFRecordReaderV2 TextLineReaderV2
WholeFileReaderV2
AsString DecodeBase64 EncodeBase64 DecodeCSV DecodeCompressed ReduceJoin RegexFullMatch
RegexReplace StaticRegexFullMatch StaticRegexReplace StringLower StringUpper StringStrip
StringSplit StringSplitV2 StringToHashBucket StringToHashBucketFast StringToHashBucketStrong
StringToNumber Substr
HashTableV2 MutableHashTableV2 MutableHashTableOfTensorsV2 MutableDenseHashTableV2
InitializeTableV2 InitializeTableFromTextFileV2 LookupTableFindV2 LookupTableInsertV2
LookupTableImportV2 LookupTableRemoveV2 LookupTableSizeV2 LookupTableExportV2
AdjustContrastv2 AdjustHue AdjustSaturation RGBToHSV HSVToRGB DecodeJpeg DecodePng DecodeGif
ParseSingleSequenceExample Cross UnravelIndex LowerBound UpperBound Bincount EnsureShape
CombinedNonMaxSuppression NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5
NonMaxSuppressionWithOverlaps
DrawBoundingBoxes DrawBoundingBoxesV2 SampleDistortedBoundingBoxV2 DecodeBmp DecodeAndCropJpeg
EncodeJpeg EncodeJpegVariableQuality
EncodePng ExtractJpegShape ReadFile WriteFile MatchingFiles ResizeArea ResizeBilinear
ResizeBilinearGrad ResizeBicubic ResizeBicubicGrad ResizeNearestNeighbor ResizeNearestNeighborGrad
CropAndResize CropAndResizeGradImage CropAndResizeGradBoxes ExtractGlimpse ScaleAndTranslate
ScaleAndTranslateGrad GatherTree CTCBeamSearchDecoder
BatchDatasetV2 Betainc CacheDataset ConcatenateDataset DatasetToSingleElement EditDistance FFT
FFT2D FFT3D FakeQuantWithMinMaxArgs FakeQuantWithMinMaxArgsGradient FakeQuantWithMinMaxVars
FakeQuantWithMinMaxVarsGradient FakeQuantWithMinMaxVarsPerChannel
FakeQuantWithMinMaxVarsPerChannelGradient FilterDataset FixedLengthRecordDatasetV2
FlatMapDataset GeneratorDataset GroupByWindowDataset HistogramFixedWidth IFFT IFFT2D IFFT3D
IRFFT IRFFT2D IRFFT3D IgnoreErrorsDataset InterleaveDataset IteratorFromStringHandleV2
IteratorGetNext IteratorToStringHandle IteratorV2 MakeIterator MapAndBatchDataset MapDataset
ModelDataset OneShotIterator OptimizeDataset PaddedBatchDatasetV2 ParallelInterleaveDataset
ParallelInterleaveDatasetV2 ParallelMapDataset PrefetchDataset RFFT RFFT2D RFFT3D RandomDataset
RangeDataset ReduceDataset RepeatDataset ScanDataset ShardDataset ShuffleAndRepeatDataset
ShuffleDataset SkipDataset SparseConcat SparseFillEmptyRows SparseFillEmptyRowsGrad
SparseReshape SparseSlice SparseSliceGrad TFRecordDataset TakeDataset TakeWhileDataset
TensorDataset TensorSliceDataset TextLineDataset UnbatchDataset UniqueDataset WindowDataset
ZipDataset
""".split()


def record():
    """Returns {op type: {"inputs", "outputs", "attrs", flags that are true}}."""
    from tensorflow.contrib.seq2seq.python.ops import beam_search_ops  # noqa: F401
    from tensorflow.python.framework import op_def_registry

    registered = op_def_registry.get_registered_ops()
    return {name: _op(registered[name]) for name in sorted(set(OP_NAMES))}


def _op(op_def):
    entry = {
        "inputs": [_arg(arg) for arg in op_def.input_arg],
        "outputs": [_arg(arg) for arg in op_def.output_arg],
        "attrs": [_attr(attr) for attr in op_def.attr],
    }
    flags = ("is_commutative", "is_aggregate", "is_stateful", "allows_uninitialized_input")
    entry.update({flag: True for flag in flags if getattr(op_def, flag)})
    return entry


def _arg(arg):
    entry = {"name": arg.name}
    if arg.type:
        entry["type"] = _dtype(arg.type)
    for key in ("type_attr", "number_attr", "type_list_attr"):
        if getattr(arg, key):
            entry[key] = getattr(arg, key)
    if arg.is_ref:
        entry["is_ref"] = True
    return entry


def _attr(attr):
    entry = {"name": attr.name, "type": attr.type}
    if attr.HasField("default_value"):
        entry["default"] = _value(attr.default_value)
    if attr.HasField("allowed_values"):
        entry["allowed"] = _value(attr.allowed_values)
    if attr.has_minimum:
        entry["minimum"] = attr.minimum
    return entry


def _dtype(number):
    import tensorflow as tf

    return tf.as_dtype(number).name


def _value(value):
    kind = value.WhichOneof("value")
    if kind == "type":
        return _dtype(value.type)
    if kind == "s":
        return value.s.decode()
    if kind == "list":
        return _list(value.list)
    if kind == "shape":
        return None if value.shape.unknown_rank else [dim.size for dim in value.shape.dim]
    if kind == "tensor":
        return "tensor"
    return getattr(value, kind)


def _list(values):
    if values.type:
        return [_dtype(number) for number in values.type]
    if values.s:
        return [text.decode() for text in values.s]
    return list(values.i) + list(values.f) + list(values.b)
