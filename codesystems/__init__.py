"""Publishers' file formats: release files in, plain frozen values out.

Knows how each authority writes its releases. Knows nothing of the store, the search index or the web.
"""
