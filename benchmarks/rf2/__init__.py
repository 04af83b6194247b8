"""What `benchmarks.synthetic_rf2` is made of: an invented edition of SNOMED CT in Release Format 2."""
