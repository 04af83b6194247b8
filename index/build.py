"""Building an index into a folder, and opening it again. (Engine chosen by size.)"""
