"""The forms of KSI that need more than a table reader, and its codes."""
