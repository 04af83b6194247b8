"""The web: REST API, its description, and the pages. Knows HTTP; all it says it has from the service."""
