"""Text search: terms in, ranked hits out. Knows Swedish; does not know the store or the web."""
