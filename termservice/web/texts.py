"""Every Swedish text of the pages, in one place: what a catalogue of translations is made from."""

from __future__ import annotations

TEXTS = {
    "site": "Termservice",
    "site.about": "Koder och termer för svensk vård och omsorg",
    "skip": "Hoppa till innehållet",
    "nav.label": "Huvudmeny",
    "nav.search": "Sök",
    "nav.api": "API",
    "footer": "Termservice visar klassifikationer och kodverk som deras utgivare har publicerat dem.",
    "footer.revision": "Innehållets revision: {revision}",
    "search.title": "Sök kod",
    "search.heading": "Sök bland koder och termer",
    "search.label": "Kod eller ord",
    "search.help": "Skriv en kod (I21.9) eller början på ett eller flera ord (akut hjärtinf).",
    "search.system": "Kodverk",
    "search.all_systems": "Alla kodverk",
    "search.version": "Version",
    "search.version_choose": "Välj ett kodverk för att välja version",
    "search.version_now": "Den som gäller i dag",
    "search.version_now_named": "Den som gäller i dag ({version})",
    "search.submit": "Sök",
    "results.heading": "Träffar",
    "results.none": "Inga träffar på ”{query}”.",
    "results.none_help": "Kontrollera stavningen, skriv färre ord eller välj Alla kodverk.",
    "results.count_one": "1 träff på ”{query}”",
    "results.count": "{total} träffar på ”{query}”",
    "results.range": "visar {first}–{last}",
    "results.suggestion": "Menade du",
    "results.next": "Nästa träffar",
    "results.previous": "Föregående träffar",
    "results.paging": "Fler träffar",
    "results.loading": "Söker …",
    "results.failed": "Sökningen gick inte att göra just nu. Försök igen.",
    "mark.inactive": "Gäller inte",
    "mark.abstract": "Rubrik",
    "matched.synonym": "Alternativ term",
    "matched.fsn": "Fullständig term",
    "matched.short": "Kortform",
    "matched.note": "I beskrivningen",
    "matched.display": "Term",
    "matched.code": "Kod",
    "systems.heading": "Kodverk",
    "systems.empty": "Inget kodverk är inläst ännu.",
    "systems.in_force": "Gällande version {version}",
    "systems.none_in_force": "Ingen version gäller ännu",
    "systems.concepts": "{count} koder",
    "system.roots": "Innehåll",
    "system.publisher": "Utgivare",
    "system.url": "Adress",
    "system.search": "Sök i {system}",
    "system.effective": "Gäller från",
    "version.heading": "Version",
    "version.show": "Visa",
    "version.shown": "Version {version}",
    "version.current": "gällande",
    "version.older": "Du ser version {version}. I dag gäller version {current}.",
    "version.other": "Du ser version {version}, som inte är den som gäller i dag.",
    "version.to_current": "Visa den som gäller i dag",
    "concept.withdrawn": "Koden gäller inte längre.",
    "concept.inactive": "Koden får inte användas.",
    "concept.last_day": "Sista giltighetsdag var {date}.",
    "concept.last_version": "Innehållet nedan är från version {version}, den senaste där koden fanns.",
    "concept.successors": "Ersatt av",
    "concept.abstract": "Det här är en rubrik. Välj en kod under den när du kodar.",
    "concept.path": "Plats i kodverket",
    "concept.children": "Koder under {code}",
    "concept.children_more": "Visa fler koder",
    "concept.also_under": "Finns också under",
    "concept.designations": "Andra benämningar",
    "concept.notes": "Beskrivning",
    "concept.properties": "Egenskaper",
    "concept.validity": "Giltighet",
    "concept.valid_from": "Gäller från",
    "concept.valid_from_unknown": "{date} eller tidigare",
    "concept.valid_to": "Till och med",
    "concept.open_ended": "Tills vidare",
    "concept.level": "Nivå",
    "concept.not_stated": "Inlästa utgåvor säger inget om: {kinds}.",
    "concept.json": "Den här koden i API:et",
    "use.display": "Term",
    "use.synonym": "Alternativ term",
    "use.fsn": "Fullständig term",
    "use.short": "Kortform",
    "value.true": "Ja",
    "value.false": "Nej",
    "error.nearest": "Närmast till hands",
    "error.versions": "Koden finns i",
    "error.search": "Till sökningen",
    "error.400": "Begäran gick inte att läsa",
    "error.404": "Sidan finns inte",
    "error.404.text": "Adressen leder inte till någon sida. Sök efter koden i stället.",
    "error.405": "Så kan sidan inte användas",
    "error.422": "Något i adressen stämmer inte",
    "error.500": "Något gick fel",
    "error.500.text": "Felet är noterat. Försök igen om en stund.",
    "error.503": "Tjänsten är inte tillgänglig just nu",
    "error.unknown-system": "Kodverket finns inte",
    "error.unknown-system.text": "Det finns inget kodverk som heter ”{system}”.",
    "error.unknown-version": "Versionen finns inte",
    "error.unknown-version.text": "{system} har ingen version ”{version}”.",
    "error.before-first-release": "Ingen version gäller",
    "error.before-first-release.text": "{system} har ingen gällande version. Den första gäller från {first}.",
    "error.unknown-code": "Koden finns inte",
    "error.unknown-code.text": "{system} har aldrig haft någon kod ”{unknown}”.",
    "error.code-not-in-version": "Koden finns inte i den versionen",
    "error.code-not-in-version.text": "{unknown} finns inte i {system} {version}.",
}

LEVELS = {
    "chapter": "Kapitel",
    "component": "Komponent",
    "block": "Avsnitt",
    "section": "Avsnitt",
    "group": "Grupp",
    "category": "Kategori",
    "subcategory": "Underkategori",
    "extension": "Fördjupning",
    "code": "Kod",
    "target": "Inriktning",
    "activity": "Aktivitet",
    "first-level": "Första nivån",
    "second-level": "Andra nivån",
    "third-level": "Tredje nivån",
    "fourth-level": "Fjärde nivån",
}
"""Levels of the field; those of a publisher's own stand as they are."""

SYSTEM_NAMES = {"kva": "KVÅ", "snomed-ct": "SNOMED CT", "norddrg": "NordDRG", "termbank": "Termbanken"}
"""Short names that are not simply the id in capitals."""


def text(key: str, **values: object) -> str:
    """The text of `key`. Raises `KeyError` for one that does not exist."""
    return TEXTS[key].format(**values) if values else TEXTS[key]


def system_name(system: str) -> str:
    """The name a code system is known by in a line of text: ICD-10-SE, KVÅ."""
    return SYSTEM_NAMES.get(system, system.upper())


def level_name(level: str) -> str:
    return LEVELS.get(level, level)


def number(value: int) -> str:
    """A count as written in Swedish, in groups of three."""
    return f"{value:,}".replace(",", "\u00a0")
