"""The grammar of ECL 2.2, brief and long syntax at once, and what its symbols are called in messages for people.

Source: Expression Constraint Language: Specification and Guide, "Syntax Specification" (ABNF). Conjunctions and
disjunctions of refinements are written flat: the specification has them on two levels, that say the same.
"""

from __future__ import annotations

GRAMMAR = r"""
?start: expression

?expression: sub
    | sub ":" refinement        -> refined
    | sub (_and sub)+           -> conjunction
    | sub (_OR sub)+            -> disjunction
    | sub _MINUS sub             -> exclusion
    | sub ("." sub)+            -> dotted

_and: _AND | _COMMA

sub: [operator] (focus | member_of) braces*
?focus: concept | wildcard | alternate | "(" expression ")" -> nested
member_of: MEMBER_OF [fields] focus
fields: "[" FIELD (_COMMA FIELD)* "]" | "[" (STAR | ANY) "]"
concept: SCTID [TERM]
wildcard: STAR | ANY
alternate: (ALTERNATE | QUOTED_ALTERNATE) [TERM]
?operator: LT | LTLT | CHILD | CHILD_SELF | GT | GTGT | PARENT | PARENT_SELF | TOP | BOTTOM

?refinement: part
    | part (_and part)+         -> all_of
    | part (_OR part)+           -> any_of
?part: attribute | group | "(" refinement ")" -> nested
group: [cardinality] _LBRACE set "}"
?set: member
    | member (_and member)+      -> all_of
    | member (_OR member)+       -> any_of
?member: attribute | "(" set ")" -> nested
attribute: [cardinality] [REVERSE] sub comparison value
cardinality: "[" COUNT (_TO | _RANGE) (COUNT | STAR | MANY) "]"
?value: sub | NUMBER -> number | terms | truth
?comparison: equality | LT | LE | GT | GE
?equality: EQ | NE
terms: term | "(" term+ ")"
?term: MATCH ":" STRING -> search_term | WILD ":" STRING -> search_term | STRING -> search_term
truth: TRUE | FALSE

?braces: _OPEN [D] description_filter (_COMMA description_filter)* _CLOSE -> filters
    | _OPEN C concept_filter (_COMMA concept_filter)* _CLOSE              -> filters
    | _OPEN M member_filter (_COMMA member_filter)* _CLOSE                -> filters
    | _OPEN "+" HISTORY ["(" expression ")"] _CLOSE                      -> history

?description_filter: TERM_KEY equality terms            -> filter
    | LANGUAGE_KEY equality languages                   -> filter
    | TYPE_ID_KEY equality concept_set                  -> filter
    | TYPE_KEY equality types                           -> filter
    | DIALECT_ID_KEY equality dialect_ids               -> filter
    | DIALECT_KEY equality dialects                     -> filter
    | ID_KEY equality ids                               -> filter
    | common
?concept_filter: STATUS_ID_KEY equality concept_set     -> filter
    | STATUS_KEY equality statuses                      -> filter
    | ID_KEY equality ids                               -> filter
    | common
?member_filter: FIELD comparison value                  -> filter
    | common
?common: MODULE_KEY equality concept_set                -> filter
    | TIME_KEY comparison times                         -> filter
    | ACTIVE_KEY equality active                        -> filter

languages: ALIAS | "(" ALIAS+ ")"
types: TYPE | "(" TYPE+ ")"
statuses: STATUS | "(" STATUS+ ")"
ids: SCTID | "(" SCTID+ ")"
active: ONE | ZERO | TRUE | FALSE | STRING
times: STRING | "(" STRING+ ")"
?concept_set: sub | "(" concept concept+ ")"            -> set_of_concepts
dialects: alias_of | "(" alias_of+ ")" [acceptabilities]
alias_of: ALIAS [acceptabilities]                       -> dialect
dialect_ids: sub [acceptabilities]                      -> one_dialect
    | "(" accepted_id dialect_id* ")" [acceptabilities] -> dialects
    | "(" bare_id dialect_id+ ")" [acceptabilities]     -> dialects
accepted_id: concept acceptabilities                    -> dialect
bare_id: concept                                        -> dialect
dialect_id: concept [acceptabilities]                   -> dialect
acceptabilities: "(" (ACCEPTABILITY+ | concept+) ")"

%ignore /\s+/
%ignore /\/\*.*?\*\//s
"""


def _words(name: str, *words: str, priority: int = 2) -> str:
    return f"{name}.{priority}: /({'|'.join(words)})(?![a-z0-9_])/i\n"


def _sign(name: str, sign: str, word: str) -> str:
    return f"{name}.3: /{sign}|{word}(?![a-z0-9_])/i\n"


GRAMMAR += "".join(
    [
        # A sign is no part of a longer one.
        _sign("LT", "<(?![<!=>])", "descendantof"),
        _sign("LTLT", "<<(?!!)", "descendantorselfof"),
        _sign("CHILD", "<!", "childof"),
        _sign("CHILD_SELF", "<<!", "childorselfof"),
        _sign("GT", ">(?![>!=])", "ancestorof"),
        _sign("GTGT", ">>(?!!)", "ancestororselfof"),
        _sign("PARENT", ">!", "parentof"),
        _sign("PARENT_SELF", ">>!", "parentorselfof"),
        _sign("TOP", "!!>", "top"),
        _sign("BOTTOM", "!!<", "bottom"),
        _sign("MEMBER_OF", r"\^", "memberof"),
        _words("_AND", "and"),
        _words("_OR", "or"),
        _words("_MINUS", "minus"),
        _words("ANY", "any"),
        _words("MANY", "many"),
        _words("_TO", "to"),
        "REVERSE.3: /(R|(?i:reverseof))(?![a-zA-Z0-9_#-])/\n",
        'STAR: "*"\n_RANGE: ".."\nEQ: "="\nNE: /!=|<>|not\\s*=/i\nLE: "<="\nGE: ">="\n_COMMA: ","\n',
        '_LBRACE: "{"\n_OPEN: "{{"\n_CLOSE: "}}"\nONE: "1"\nZERO: "0"\n',
        "SCTID: /[1-9][0-9]{5,17}(?![0-9])/\nCOUNT: /0|[1-9][0-9]{0,8}/\n",
        "NUMBER: /#[+-]?[0-9]+(\\.[0-9]+)?/\n",
        "TERM: /\\|[^|]*\\|/\n",
        'STRING: /"(?:[^"\\\\]|\\\\.)*"/s\n',
        'ALTERNATE.4: /[a-z][a-z0-9-]*#(?:"[^"]+"|[a-z0-9._-]+)/i\n',
        'QUOTED_ALTERNATE.4: /"[a-z][a-z0-9-]*#[^"]+"/i\n',
        "FIELD: /[a-z]+/i\nALIAS: /[a-z][a-z0-9-]*/i\n",
        _words("TYPE", "syn(onym)?", "fsn", "fullyspecifiedname", "def(inition)?"),
        _words("STATUS", "primitive", "defined"),
        _words("ACCEPTABILITY", "accept(able)?", "prefer(red)?"),
        _words("TRUE", "true"),
        _words("FALSE", "false"),
        _words("MATCH", "match"),
        _words("WILD", "wild"),
        _words("D", "d"),
        _words("C", "c"),
        _words("M", "m"),
        _words("HISTORY", "history([-_](min|mod|max))?"),
        _words("TERM_KEY", "term"),
        _words("LANGUAGE_KEY", "language"),
        _words("TYPE_ID_KEY", "typeid"),
        _words("TYPE_KEY", "type"),
        _words("DIALECT_ID_KEY", "dialectid"),
        _words("DIALECT_KEY", "dialect"),
        _words("ID_KEY", "id"),
        _words("STATUS_ID_KEY", "definitionstatusid"),
        _words("STATUS_KEY", "definitionstatus"),
        _words("MODULE_KEY", "moduleid"),
        _words("TIME_KEY", "effectivetime"),
        _words("ACTIVE_KEY", "active"),
    ]
)

OPERATORS = {
    "LT": "<",
    "LTLT": "<<",
    "CHILD": "<!",
    "CHILD_SELF": "<<!",
    "GT": ">",
    "GTGT": ">>",
    "PARENT": ">!",
    "PARENT_SELF": ">>!",
    "TOP": "!!>",
    "BOTTOM": "!!<",
    "EQ": "=",
    "NE": "!=",
    "LE": "<=",
    "GE": ">=",
}
"""What a symbol for an operator is written as in the tree."""

_PHRASES = (
    ("a concept", ("SCTID",)),
    ("an operator such as <<", ("LTLT",)),
    ("an attribute group", ("_LBRACE",)),
    ("a comparison such as =", ("EQ",)),
    ("AND, OR or MINUS", ("_AND", "_OR", "_MINUS")),
    ("AND or OR", ("_AND", "_OR")),
    ("_AND", ("_AND",)),
    ("_OR", ("_OR",)),
    ("a refinement after ':'", ("COLON",)),
    ("a filter in {{ }}", ("_OPEN",)),
    ("a term in | |", ("TERM",)),
    ("a search term in quotation marks", ("STRING",)),
    ("a number such as #5", ("NUMBER",)),
    ("a comma", ("_COMMA",)),
    ("a number", ("COUNT",)),
    ("'..'", ("_RANGE",)),
    ("a field name", ("FIELD",)),
    ('a description filter such as term = "…"', ("TERM_KEY",)),
    ("definitionStatus", ("STATUS_KEY",)),
    ("moduleId, effectiveTime or active", ("MODULE_KEY",)),
    ("syn, fsn or def", ("TYPE",)),
    ("primitive or defined", ("STATUS",)),
    ("a language or dialect such as sv or sv-se", ("ALIAS",)),
    ("prefer or accept", ("ACCEPTABILITY",)),
    ("HISTORY", ("HISTORY",)),
    ("true or false", ("TRUE",)),
    ("')'", ("RPAR",)),
    ("']'", ("RSQB",)),
    ("'}'", ("RBRACE",)),
    ("'}}'", ("_CLOSE",)),
    ("the end", ("$END",)),
)


def expectation(symbols: set[str]) -> str:
    """What could have come, in words: the most telling of the symbols that the grammar would take."""
    left = set(symbols)
    phrases = []
    for phrase, names in _PHRASES:
        if left.issuperset(names):
            phrases.append(phrase)
            left.difference_update(names)
    return ", ".join(phrases[:-1]) + (" or " if phrases[1:] else "") + phrases[-1] if phrases else "nothing more"
