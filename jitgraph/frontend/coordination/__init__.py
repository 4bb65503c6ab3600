"""Stage frontend: threads that work beside a training loop: coordinators, queue runners."""
