"""The concepts that every reader of SNOMED CT goes by, under their own ids and plain names, and no more than those.

The rest of an edition is invented (`model` says where it hangs).
"""

from __future__ import annotations

from typing import Final, NamedTuple

ROOT: Final = "138875005"
IS_A: Final = "116680003"
ROLE_GROUP: Final = "609096000"

FSN: Final = "900000000000003001"
SYNONYM: Final = "900000000000013009"
DEFINITION: Final = "900000000000550004"
PRIMITIVE: Final = "900000000000074008"
DEFINED: Final = "900000000000073002"
CASE_INSENSITIVE: Final = "900000000000448009"
CASE_SENSITIVE: Final = "900000000000017005"
INITIAL_INSENSITIVE: Final = "900000000000020002"
INFERRED: Final = "900000000000011006"
SOME: Final = "900000000000451002"
PREFERRED: Final = "900000000000548007"
ACCEPTABLE: Final = "900000000000549004"

CORE: Final = "900000000000207008"
MODEL: Final = "900000000000012004"
MAPPING: Final = "449080006"
SWEDISH: Final = "45991000052106"
SWEDISH_NAMESPACE: Final = 1000052

US: Final = "900000000000509007"
GB: Final = "900000000000508004"
SV: Final = "46011000052107"
OWL_AXIOM: Final = "733073007"
OWL_ONTOLOGY: Final = "762103008"
MODULE_DEPENDENCY: Final = "900000000000534007"
DESCRIPTOR: Final = "900000000000456007"
DESCRIPTION_FORMAT: Final = "900000000000538005"
CONCEPT_REASON: Final = "900000000000489007"
DESCRIPTION_REASON: Final = "900000000000490003"
SAME_AS: Final = "900000000000527005"
REPLACED_BY: Final = "900000000000526001"
POSSIBLY_EQUIVALENT: Final = "900000000000523009"
WAS_A: Final = "900000000000528000"
MOVED_TO: Final = "900000000000524003"
CONCEPT_NON_CURRENT: Final = "900000000000495008"
OUTDATED: Final = "900000000000483008"
ICD10_MAP: Final = "447562003"
ICDO_MAP: Final = "446608001"
LATERALIZABLE: Final = "723264001"
PATIENT_SUMMARY: Final = "816080008"
SWEDISH_SELECTION: Final = "49000011000052109"
"""Invented, as is what is in it."""


class WellKnown(NamedTuple):
    id: str
    parents: tuple[str, ...]
    term: str
    tag: str
    module: str

    @property
    def fsn(self) -> str:
        return f"{self.term} ({self.tag})"


_CONCEPTS = """
138875005||SNOMED CT Concept|SNOMED RT+CTV3
404684003|138875005|Clinical finding|finding
64572001|404684003|Disease|disorder
71388002|138875005|Procedure|procedure
243120004|71388002|Regimes and therapies|regime/therapy
123037004|138875005|Body structure|body structure
442083009|123037004|Anatomical or acquired body structure|body structure
91723000|442083009|Anatomical structure|body structure
4421005|91723000|Cell structure|cell structure
49755003|123037004|Morphologically abnormal structure|morphologic abnormality
410607006|138875005|Organism|organism
105590001|138875005|Substance|substance
373873005|138875005|Pharmaceutical / biologic product|product
763158003|373873005|Medicinal product|product
363787002|138875005|Observable entity|observable entity
243796009|138875005|Situation with explicit context|situation
48176007|138875005|Social context|social concept
14679004|48176007|Occupation|occupation
125676002|48176007|Person|person
410604004|125676002|Subject of record|person
260787004|138875005|Physical object|physical object
123038009|138875005|Specimen|specimen
272379006|138875005|Event|event
78621006|138875005|Physical force|physical force
308916002|138875005|Environment or geographical location|environment / location
419891008|138875005|Record artifact|record artifact
254291000|138875005|Staging and scales|staging scale
273249006|254291000|Assessment scales|assessment scale
370115009|138875005|Special concept|special concept
362981000|138875005|Qualifier value|qualifier value
129264002|362981000|Action|qualifier value
308490002|362981000|Pathological developmental process|qualifier value
255399007|362981000|Congenital|qualifier value
7771000|362981000|Left|qualifier value
24028007|362981000|Right|qualifier value
51440002|362981000|Right and left|qualifier value
255604002|362981000|Mild|qualifier value
6736007|362981000|Moderate|qualifier value
24484000|362981000|Severe|qualifier value
90734009|362981000|Chronic|qualifier value
410515003|362981000|Known present|qualifier value
410512000|362981000|Current or specified time|qualifier value
736542009|362981000|Pharmaceutical dose form|dose form
767524001|362981000|Unit of measure|qualifier value
258684004|767524001|milligram|qualifier value
258773002|767524001|Milliliter|qualifier value
900000000000441003|138875005|SNOMED CT Model Component|metadata
370136006|900000000000441003|Namespace concept|namespace concept
106237007|900000000000441003|Linkage concept|linkage concept
246061005|106237007|Attribute|attribute
410662002|246061005|Concept model attribute|attribute
116680003|246061005|Is a|attribute
762705008|410662002|Concept model object attribute|attribute
762706009|410662002|Concept model data attribute|attribute
609096000|762705008|Role group|attribute
363698007|762705008|Finding site|attribute
116676008|762705008|Associated morphology|attribute
246075003|762705008|Causative agent|attribute
370135005|762705008|Pathological process|attribute
246454002|762705008|Occurrence|attribute
263502005|762705008|Clinical course|attribute
246112005|762705008|Severity|attribute
363714003|762705008|Interprets|attribute
42752001|762705008|Due to|attribute
260686004|762705008|Method|attribute
405813007|762705008|Procedure site - Direct|attribute
363700003|762705008|Direct morphology|attribute
363701004|762705008|Direct substance|attribute
424226004|762705008|Using device|attribute
127489000|762705008|Has active ingredient|attribute
762949000|762705008|Has precise active ingredient|attribute
732943007|762705008|Has basis of strength substance|attribute
411116001|762705008|Has manufactured dose form|attribute
732945000|762705008|Has presentation strength numerator unit|attribute
732947008|762705008|Has presentation strength denominator unit|attribute
118169006|762705008|Specimen source topography|attribute
370133003|762705008|Specimen substance|attribute
246090004|762705008|Associated finding|attribute
408729009|762705008|Finding context|attribute
408731000|762705008|Temporal context|attribute
408732007|762705008|Subject relationship context|attribute
370130000|762705008|Property|attribute
704319004|762705008|Inheres in|attribute
272741003|762705008|Laterality|attribute
1142135004|762706009|Has presentation strength numerator value|attribute
1142136003|762706009|Has presentation strength denominator value|attribute
1142139005|762706009|Count of base of active ingredient|attribute
900000000000442005|900000000000441003|Core metadata concept|core metadata concept
900000000000443000|900000000000442005|Module|core metadata concept
900000000000445007|900000000000443000|IHTSDO maintained module|core metadata concept
900000000000207008|900000000000445007|SNOMED CT core module|core metadata concept
900000000000012004|900000000000445007|SNOMED CT model component module|core metadata concept
449080006|900000000000445007|SNOMED CT to ICD-10 rule-based mapping module|core metadata concept
900000000000444006|900000000000442005|Definition status|core metadata concept
900000000000074008|900000000000444006|Primitive|core metadata concept
900000000000073002|900000000000444006|Sufficiently defined|core metadata concept
900000000000446008|900000000000442005|Description type|core metadata concept
900000000000003001|900000000000446008|Fully specified name|core metadata concept
900000000000013009|900000000000446008|Synonym|core metadata concept
900000000000550004|900000000000446008|Definition|core metadata concept
900000000000447004|900000000000442005|Case significance|core metadata concept
900000000000448009|900000000000447004|Entire term case insensitive|core metadata concept
900000000000017005|900000000000447004|Entire term case sensitive|core metadata concept
900000000000020002|900000000000447004|Only initial character case insensitive|core metadata concept
900000000000449001|900000000000442005|Characteristic type|core metadata concept
900000000000006009|900000000000449001|Defining relationship|core metadata concept
900000000000011006|900000000000006009|Inferred relationship|core metadata concept
900000000000450001|900000000000442005|Modifier|core metadata concept
900000000000451002|900000000000450001|Some|core metadata concept
900000000000454005|900000000000441003|Foundation metadata concept|foundation metadata concept
900000000000455006|900000000000454005|Reference set|foundation metadata concept
900000000000456007|900000000000455006|Reference set descriptor|foundation metadata concept
900000000000534007|900000000000455006|Module dependency|foundation metadata concept
900000000000538005|900000000000455006|Description format|foundation metadata concept
446609009|900000000000455006|Simple type reference set|foundation metadata concept
723264001|446609009|Lateralizable body structure reference set|foundation metadata concept
816080008|446609009|International Patient Summary|foundation metadata concept
900000000000480006|900000000000455006|Attribute value type|foundation metadata concept
900000000000489007|900000000000480006|Concept inactivation indicator|foundation metadata concept
900000000000490003|900000000000480006|Description inactivation indicator|foundation metadata concept
900000000000496009|900000000000455006|Simple map type reference set|foundation metadata concept
446608001|900000000000496009|SNOMED CT to ICD-O simple map|foundation metadata concept
609331003|900000000000455006|Extended map type reference set|foundation metadata concept
447562003|609331003|SNOMED CT to ICD-10 extended map|foundation metadata concept
900000000000506000|900000000000455006|Language type|foundation metadata concept
900000000000507009|900000000000506000|English|foundation metadata concept
900000000000508004|900000000000507009|Great Britain English|foundation metadata concept
900000000000509007|900000000000507009|United States of America English|foundation metadata concept
900000000000521006|900000000000455006|Association type|foundation metadata concept
900000000000522004|900000000000521006|Historical association|foundation metadata concept
900000000000523009|900000000000522004|POSSIBLY EQUIVALENT TO association|foundation metadata concept
900000000000524003|900000000000522004|MOVED TO association|foundation metadata concept
900000000000526001|900000000000522004|REPLACED BY association|foundation metadata concept
900000000000527005|900000000000522004|SAME AS association|foundation metadata concept
900000000000528000|900000000000522004|WAS A association|foundation metadata concept
762676003|900000000000455006|OWL expression type reference set|foundation metadata concept
733073007|762676003|OWL axiom reference set|foundation metadata concept
762103008|762676003|OWL ontology reference set|foundation metadata concept
900000000000457003|900000000000454005|Reference set attribute|foundation metadata concept
900000000000458008|900000000000457003|Attribute description|foundation metadata concept
900000000000459000|900000000000457003|Attribute type|foundation metadata concept
900000000000460005|900000000000459000|Component type|foundation metadata concept
900000000000461009|900000000000460005|Concept type component|foundation metadata concept
900000000000462002|900000000000460005|Description type component|foundation metadata concept
900000000000465000|900000000000459000|String|foundation metadata concept
900000000000540000|900000000000457003|Plain text|foundation metadata concept
900000000000511003|900000000000457003|Acceptability|foundation metadata concept
900000000000548007|900000000000511003|Preferred|foundation metadata concept
900000000000549004|900000000000511003|Acceptable|foundation metadata concept
449608002|900000000000457003|Referenced component|foundation metadata concept
900000000000505001|900000000000457003|Map target|foundation metadata concept
900000000000481005|900000000000457003|Concept inactivation value|foundation metadata concept
900000000000482003|900000000000481005|Duplicate|foundation metadata concept
900000000000483008|900000000000481005|Outdated|foundation metadata concept
900000000000484002|900000000000481005|Ambiguous|foundation metadata concept
900000000000485001|900000000000481005|Erroneous|foundation metadata concept
900000000000486000|900000000000481005|Limited|foundation metadata concept
900000000000487009|900000000000481005|Moved elsewhere|foundation metadata concept
900000000000495008|900000000000481005|Concept non-current|foundation metadata concept
447247004|900000000000457003|Map correlation value|foundation metadata concept
447561005|447247004|Map correlation not specified|foundation metadata concept
609330002|900000000000457003|Map category value|foundation metadata concept
447637006|609330002|Map source concept is properly classified|foundation metadata concept
447638001|609330002|Map source concept cannot be classified with available data|foundation metadata concept
447639009|609330002|Map of source concept is context dependent|foundation metadata concept
"""
_SWEDISH_CONCEPTS = """
45991000052106|900000000000443000|Swedish extension module|core metadata concept
46011000052107|900000000000506000|Swedish language reference set|foundation metadata concept
49000011000052109|446609009|Synthetic Swedish selection|foundation metadata concept
"""


def _module(id_: str, tag: str) -> str:
    metadata = "metadata" in tag or tag in ("attribute", "linkage concept", "namespace concept") or id_ == ROOT
    return MODEL if metadata else CORE


def _parsed(text: str, module: str = "") -> tuple[WellKnown, ...]:
    rows = [line.split("|") for line in text.strip().splitlines()]
    return tuple(
        WellKnown(id_, (parent,) if parent else (), term, tag, module or _module(id_, tag))
        for id_, parent, term, tag in rows
    )


INTERNATIONAL_CONCEPTS = _parsed(_CONCEPTS)
SWEDISH_CONCEPTS = _parsed(_SWEDISH_CONCEPTS, SWEDISH)
TOP_LEVEL = tuple(concept.id for concept in INTERNATIONAL_CONCEPTS if concept.parents == (ROOT,))
DATA_ATTRIBUTES = frozenset(each.id for each in INTERNATIONAL_CONCEPTS if each.parents == ("762706009",))
