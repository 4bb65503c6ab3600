"""Stage inspection: what the compiler did, as text and objects for people.

In: fetches and feeds. Out: an `Explanation`, whose parts are made and printed one by one.
"""
