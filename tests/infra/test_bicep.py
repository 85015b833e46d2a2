"""The templates are read as Bicep, ask for nothing that a module does not know, and hold no secret.

There is no compiler here: names of properties and versions of APIs are looked over by `make infra` (checkov),
and by Azure itself with `az deployment group what-if`, which docs/deploy-azure.md begins with.
"""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

import pytest

from tests.infra.bicep import FILES, INFRA, PARAMETER_FILES, given, parsed

SECRETS = re.compile(r"password|secret|key\b|token|connectionstring|sas\b", re.IGNORECASE)
KEYS = re.compile(
    r"listKeys|listAccountSas|AccountKey|SharedAccessKey|administratorLoginPassword", re.IGNORECASE
)


def test_every_template_is_bicep():
    modules = {f"{path.parent.name}/{path.name}" for path in FILES if path.parent != INFRA}
    called_for = {module["detail"]["path"] for module in parsed(INFRA / "main.bicep")["modules"].values()}
    assert modules == called_for
    assert all(parsed(path) for path in FILES)


def test_a_template_with_a_slip_in_it_is_found(tmp_path):
    slip = tmp_path / "slip.bicep"
    slip.write_text("param name string\nresource x 'Microsoft.Web/sites@2024-04-01' = {\n  name: \n}\n")

    with pytest.raises(Exception, match="line 4, column 1"):
        parsed(slip)


@pytest.mark.parametrize("path", PARAMETER_FILES, ids=lambda p: p.name)
def test_a_file_of_parameters_gives_what_is_needed_and_nothing_unknown(path):
    known = parsed(INFRA / "main.bicep")["parameters"]
    needed = {name for name, one in known.items() if one.get("default") is None}

    assert set(given(path)) <= set(known)
    assert needed <= set(given(path))


def called(module: dict[str, Any]) -> dict[str, Any]:
    """The template behind a module of main.bicep."""
    return parsed(INFRA / module["detail"]["path"])


def test_main_gives_each_module_the_parameters_that_it_has():
    for name, module in parsed(INFRA / "main.bicep")["modules"].items():
        known = called(module)["parameters"]
        needed = {key for key, one in known.items() if one.get("default") is None}
        config = module["config"]
        asked = set(config.get("config", config)["params"])  # one with a condition has it one further down
        assert asked <= set(known), name
        assert needed <= asked, name


def test_main_asks_modules_only_for_outputs_that_they_have():
    main = parsed(INFRA / "main.bicep")
    outputs = {name: set(called(module).get("outputs", {})) for name, module in main["modules"].items()}
    asked = re.findall(r"\b(\w+)\.outputs\.(\w+)", (INFRA / "main.bicep").read_text(encoding="utf-8"))

    assert len(asked) > 20
    assert [(name, output) for name, output in asked if output not in outputs[name]] == []


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_no_secret_goes_in_or_out(path):
    tree = parsed(path)

    assert [name for name in tree.get("parameters", {}) if SECRETS.search(name)] == []
    assert [name for name in tree.get("outputs", {}) if SECRETS.search(name)] == []
    assert KEYS.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_parameter_and_output_says_what_it_is(path):
    tree = parsed(path)
    described = [*tree.get("parameters", {}).items(), *tree.get("outputs", {}).items()]

    assert [name for name, one in described if "description" not in repr(one["decorators"])] == []


def test_nothing_can_be_opened_with_a_key_or_a_password():
    def properties(module: str, resource: str) -> dict[str, object]:
        found = parsed(INFRA / "modules" / f"{module}.bicep")["resources"][resource]["config"]["properties"]
        assert isinstance(found, dict)
        return found

    storage = properties("storage", "account")
    assert (storage["allowSharedKeyAccess"], storage["allowBlobPublicAccess"]) == (False, False)
    server = properties("database", "server")
    assert server["authConfig"]["passwordAuth"] == "Disabled"  # type: ignore[index]
    assert properties("key-vault", "vault")["enableRbacAuthorization"] is True
    assert properties("function-app", "noPasswordForFtp")["allow"] is False
    assert properties("function-app", "noPasswordForPublishing")["allow"] is False
    assert properties("monitoring", "insights")["DisableLocalAuth"] is True
    assert properties("monitoring", "insights")["DisableIpMasking"] is False


def test_the_app_has_four_roles_and_no_more():
    """Least privilege: read secrets, ring the bell, keep its own package and leases, send figures."""
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    given_roles = re.findall(r"var \w+ = '([0-9a-f]{8}-[0-9a-f-]{27})'", text)

    assert sorted(given_roles) == sorted(
        [
            "4633458b-17de-408a-b874-0445c86b69e6",  # Key Vault Secrets User
            "974c5e8b-45b9-4653-ba55-5f855dd0fb88",  # Storage Queue Data Contributor
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",  # Storage Blob Data Owner
            "3913510d-42f4-4e42-8a64-420c390055eb",  # Monitoring Metrics Publisher
        ]
    )
    assert text.count("Microsoft.Authorization/roleAssignments@") == 4


def test_the_endpoints_are_open_to_the_app_to_administrators_where_there_are_any_and_to_nobody_else():
    tree = parsed(INFRA / "modules" / "network.bicep")
    rules = tree["resources"]["endpointRules"]["config"]["properties"]["securityRules"]["operator"][
        "operands"
    ]
    variables = {name: one["value"]["properties"] for name, one in tree["variables"].items()}

    assert "'empty'" in repr(rules["condition"])
    assert "'adminPrefix'" in repr(rules["condition"])
    assert rules["true_value"] == ["fromTheApp", "nobodyElse"]
    assert rules["false_value"] == ["fromTheApp", "fromAdministrators", "nobodyElse"]
    for name, source in (("fromTheApp", "appPrefix"), ("fromAdministrators", "adminPrefix")):
        rule = variables[name]
        assert (rule["access"], rule["direction"], rule["sourceAddressPrefix"]) == (
            "Allow",
            "Inbound",
            source,
        )
        assert rule["destinationPortRanges"] == ["443", "5432"]
    shut = variables["nobodyElse"]
    assert (shut["access"], shut["sourceAddressPrefix"], shut["protocol"]) == ("Deny", "*", "*")
    assert (
        variables["fromTheApp"]["priority"] < variables["fromAdministrators"]["priority"] < shut["priority"]
    )


def test_nobody_administers_from_anywhere_unless_the_parameters_say_so():
    main = parsed(INFRA / "main.bicep")["parameters"]

    assert repr(main["adminPrefix"]["default"]) == "''"
    assert "adminPrefix" not in [name for path in PARAMETER_FILES for name in given(path)]


def test_administrators_are_thought_to_come_from_another_network_than_this_one():
    """Its subnets are all in the template: another one would be taken away when that is deployed again."""
    text = (INFRA.parent / "docs" / "deploy-azure.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"`adminPrefix` \(such as `'([0-9./]+)'`\)", text)
    ours = repr(parsed(INFRA / "main.bicep")["parameters"]["addressPrefix"]["default"]).strip("'")

    assert not ip_network(shown).overlaps(ip_network(ours))


def test_the_alert_on_failures_hears_pages_that_answer_5xx_too():
    """A function whose page answers 503 has succeeded: only the code of the answer tells of it."""
    text = (INFRA / "modules" / "alerts.bicep").read_text(encoding="utf-8")

    assert re.findall(r"AppRequests \| where ([^']+)", text) == [
        "Success == false or toint(ResultCode) >= 500"
    ]


def test_how_much_a_copy_does_at_once_is_ours_to_say():
    app = parsed(INFRA / "modules" / "function-app.bicep")["resources"]["app"]["config"]["properties"]
    scale = app["functionAppConfig"]["scaleAndConcurrency"]

    assert scale["triggers"] == {"http": {"perInstanceConcurrency": "httpConcurrency"}}
    assert parsed(INFRA / "main.bicep")["parameters"]["httpConcurrency"]["default"] == 16
