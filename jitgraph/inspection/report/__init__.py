"""Pages for people: an explanation as one HTML file that needs no network and no script.

In: an `Explanation`. Out: text. `page.py` puts the sections together, each has a module of its own.
"""
