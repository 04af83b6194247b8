"""A table with a map, and the mappings that tell what its columns are."""

TABLE = "Kod;ICD;Hur\nav035;I219;=\nDU008;;\n"
TOML = '[map]\nsource = "kva"\ntarget = "icd-10-se"\n[columns]\nsource = "Kod"\ntarget = "ICD"\nrelationship = "Hur"\n'
ENDS = {"from": "kva", "to": "icd-10-se"}
COLUMNS = {**ENDS, "source": "Kod", "target": "ICD", "relationship": "Hur"}
