"""The forms of ICF that need more than a table reader, and its codes."""
