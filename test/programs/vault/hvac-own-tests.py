"""
Runs the tests of hvac for the key/value engine, version 2, as they are. Arguments: the folder of hvac's source, the
address of a service, the token of an admin. Prints what failed as JSON.

hvac's tests start a Vault and make a mount for each test. Here the mount stands for a folder of its own in `secret/`.
"""

import json
import sys
import types
import unittest

import hvac
from hvac.adapters import JSONAdapter

source, url, token = sys.argv[1:]
sys.path.insert(0, source)
count = 0


class InOwnFolder(JSONAdapter):
    def request(self, method, url, *args, **named):
        if url.startswith("/v1/kvv2/"):
            kind, _, path = url.removeprefix("/v1/kvv2/").partition("/")
            folder = "" if kind == "config" else f"/own-tests/{count}/{path}"
            url = f"/v1/secret/{kind}{folder}"
        return super().request(method, url, *args, **named)


class OneMount:
    """Stands for what the tests use of `client.sys`."""

    def enable_secrets_engine(self, **named):
        global count
        count += 1

    def list_mounted_secrets_engines(self):
        return {"data": {"kvv2/": {}}}

    def disable_secrets_engine(self, **named):
        pass


class Client(hvac.Client):
    sys = OneMount()


class HvacIntegrationTestCase:
    def setUp(self):
        self.client = Client(url=url, token=token, adapter=InOwnFolder)

    def tearDown(self):
        pass


utils = types.ModuleType("tests.utils")
utils.vault_version_lt = lambda version: False
utils.vault_version_ge = lambda version: True
base = types.ModuleType("tests.utils.hvac_integration_test_case")
base.HvacIntegrationTestCase = HvacIntegrationTestCase
sys.modules |= {utils.__name__: utils, base.__name__: base}

suite = unittest.defaultTestLoader.loadTestsFromName("tests.integration_tests.api.secrets_engines.test_kv_v2")
result = unittest.TestResult()
suite.run(result)
failed = {test.id().rpartition(".")[2]: text.strip().splitlines()[-1] for test, text in result.errors + result.failures}
print(json.dumps({"run": result.testsRun, "skipped": len(result.skipped), "failed": failed}))
