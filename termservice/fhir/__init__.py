"""FHIR R5 and R4: what they call terminology, on top of the service. FHIR's JSON exists nowhere else.

Everything inside speaks R5; `r4` turns what comes in up and what goes out down.
"""
