"""How KVÅ's codes are named and placed, and the formats in which its releases come."""
