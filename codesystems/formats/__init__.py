"""Readers shared by several loaders: text with its encoding, tables, ClaML."""
