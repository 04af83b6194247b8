"""The publisher's formats of ICD-10-SE, one module each, and what they have in common."""
