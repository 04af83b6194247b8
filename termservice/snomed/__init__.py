"""SNOMED CT at full size: the content of one version of an edition as arrays, and what is asked of them."""
