"""Settings: files and variables, and what is refused by name."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from termservice import config
from termservice.config import Config, WrongSetting

WHOLE = """\
[server]
host = "0.0.0.0"
port = 8080
workers = 4
header_timeout = "10s"
compression = false
contact = "it@example.org"

[access]
read = "proxy"
admin_api = true
trusted_proxies = ["10.0.0.1", "fd00::/8"]
identity_header = "Remote-User"

[limits]
address = "20/second; 600/minute"
key = ""
exempt = []
storage = "redis://localhost"
body = "2 MiB"

[cors]
origins = ["https://ehr.example.org"]

[log]
format = "json"
addresses = true
"""


def read(folder: Path, text: str, environment: Mapping[str, str] | None = None) -> Config:
    path = folder / "server.toml"
    path.write_text(text, "utf-8")
    return config.read(path, environment or {})


def test_without_settings_it_is_for_this_machine_and_open() -> None:
    found = config.read(None, {})
    assert found == Config()
    assert (found.server.host, found.access.read, found.access.admin_api, found.cors.origins) == (
        "127.0.0.1", "public", False, (),
    )  # fmt: skip


def test_a_file_says_everything(tmp_path: Path) -> None:
    found = read(tmp_path, WHOLE)
    assert (found.server.port, found.server.header_timeout, found.server.compression) == (8080, 10, False)
    assert found.access.trusted_proxies == (ipaddress.ip_network("10.0.0.1/32"), ipaddress.ip_network("fd00::/8"))
    assert (found.limits.body, found.limits.exempt, found.limits.key) == (2 * 2**20, (), "")
    assert (found.cors.origins, found.log.format) == (("https://ehr.example.org",), "json")


def test_variables_go_before_the_file(tmp_path: Path) -> None:
    environment = {
        "TERMSERVICE_SERVER_PORT": "9000", "TERMSERVICE_ACCESS_ADMIN_API": "false",
        "TERMSERVICE_CORS_ORIGINS": "https://a.example, https://b.example", "TERMSERVICE_HOME": "var", "PATH": "/bin",
    }  # fmt: skip
    found = read(tmp_path, WHOLE, environment)
    assert (found.server.port, found.server.host, found.access.admin_api) == (9000, "0.0.0.0", False)
    assert found.cors.origins == ("https://a.example", "https://b.example")


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "server.toml").write_text("[server]\nport = 81\n", "utf-8")
    assert config.read(None, {"TERMSERVICE_CONFIG": str(tmp_path / "server.toml")}).server.port == 81


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[acces]\nread = 'keys'", "no table 'acces'; did you mean access?"),
        ("[access]\nreed = 'keys'", r"\[access\] has no setting 'reed'; did you mean read?"),
        ("access = 1", r"access must be a table: \[access\]"),
        ("[access]\nread = 'everyone'", "access.read: must be one of 'public', 'keys', 'proxy'"),
        ("[access]\nadmin_api = 'yes'", "access.admin_api: must be true or false"),
        ("[access]\ntrusted_proxies = ['10.0.0.1/8']", "access.trusted_proxies: must be addresses or networks"),
        ("[access]\nread = 'proxy'", "access.trusted_proxies must name the proxy"),
        ("[access]\nidentity_header = 'X User'", "access.identity_header: must be the name of a header"),
        ("[server]\nport = 0", "server.port: must be a whole number from 1 to 65535"),
        ("[server]\nport = true", "server.port: must be a whole number"),
        ("[server]\nheader_timeout = '5 lightyears'", "server.header_timeout: "),
        ("[limits]\naddress = 'often'", "limits.address: must be like '100/second'"),
        ("[limits]\nbody = '1 B'", "limits.body: must be a whole number from 1024"),
        ("[cors]\norigins = ['ehr.example.org']", "cors.origins: must be origins"),
        ("[cors]\norigins = ['https://ehr.example.org/']", "cors.origins: must be origins"),
        ("[access]\nread='keys'\n[cors]\norigins = ['*']", "which is for services that are public"),
        ("[server", "not TOML"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WrongSetting, match=message):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TERMSERVICE_ACCESS_REED", "keys", "TERMSERVICE_ACCESS_REED.*did you mean TERMSERVICE_ACCESS_READ?"),
        ("TERMSERVICE_ACCESS_READ", "key", "TERMSERVICE_ACCESS_READ: must be one of"),
        ("TERMSERVICE_SERVER_PORT", "http", "TERMSERVICE_SERVER_PORT: must be a whole number"),
    ],
)
def test_so_are_variables(name: str, value: str, message: str) -> None:
    with pytest.raises(WrongSetting, match=message):
        config.read(None, {name: value})


def test_the_documentation_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "security.md").read_text("utf-8")
    block = text.partition("```toml\n")[2].partition("```")[0]
    assert read(tmp_path, block) == Config()
    shown = {line.partition(" =")[0] for line in block.splitlines() if " =" in line}
    assert shown == {each.name for section in fields(Config) for each in fields(section.default)}  # type: ignore[arg-type]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="cannot be read"):
        config.read(tmp_path / "none.toml", {})
