"""Documents in ClaML, made from their parts, and what is asked of the concepts read from them."""

TITLE = '<Title name="Prov" version="2024">Provklassifikation</Title>'
META = '<Meta name="lang" value="sv"/>'


def rubric(kind, text, language="sv"):
    return f'<Rubric kind="{kind}"><Label xml:lang="{language}">{text}</Label></Rubric>'


def preferred(text, language="sv"):
    return rubric("preferred", text, language)


def klass(code, inside="", kind="category", title=True, **attributes):
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    name = preferred(f"Titel {code}") if title else ""
    return f'<Class code="{code}" kind="{kind}"{extra}>{inside}{name}</Class>'


def value(modifier, code, inside="", text=None, parent=None, **attributes):
    extra = "".join(f' {name}="{v}"' for name, v in attributes.items())
    return (
        f'<ModifierClass modifier="{modifier}" code="{code}"{extra}>{inside}'
        f'<SuperClass code="{parent or modifier}"/>{preferred(text or f"med {code}")}</ModifierClass>'
    )


def document(*parts, version="2.0.0", head=META + TITLE, doctype='<!DOCTYPE ClaML SYSTEM "ClaML.dtd">'):
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<ClaML version="{version}">{head}{"".join(parts)}</ClaML>'


def head(uid="", name="", version="2024", title="", language="sv", authority="X"):
    return (
        f'<Meta name="lang" value="{language}"/><Identifier authority="{authority}" uid="{uid}"/>'
        f'<Title name="{name}" version="{version}">{title}</Title>'
    )


def concepts(content):
    return {concept.code: concept for concept in content.concepts}


def codes(content):
    return [concept.code for concept in content.concepts]


def display(concept, language=""):
    return next((d.value for d in concept.designations if (d.use, d.language) == ("display", language)), None)


def notes(concept, code):
    return [prop.value for prop in concept.properties if prop.code == code]
