"""Writes what botocore's rules say about the endpoints of STS: partitions as JSON, and test vectors.

Run by `cargo xtask endpoints` with botocore on the path; prints one JSON document.
"""

import json
import re

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader

VARIANTS = [("regional", False, False), ("fips", True, False), ("dual_stack", False, True), ("fips_dual_stack", True, True)]
# `^(us|eu)\-\w+\-\d+$`, `^cn\-\w+\-\d+$` or `^eusc\-(de)\-\w+\-\d+$`: what the table can say without a regular expression.
SHAPE = re.compile(r"^\^(?P<head>[a-z()|\\-]+?)\\-\\w\+\\-\\d\+\$$")
UNKNOWN = [
    "us-nowhere-9", "eu-central-99", "cn-west-7", "us-gov-south-3", "us-iso-north-2", "us-isob-north-2", "eu-isoe-east-2",
    "us-isof-west-2", "eusc-de-west-2", "mars-north-1", "test", "us-east", "us-east-1a", "us-gov-west", "eusc-fr-west-1", "local-1",
]

loader = Loader()
partitions = loader.load_data("partitions")
rules = loader.load_service_model("sts", "endpoint-rule-set-1")
provider = EndpointProvider(rules, partitions)


def resolve(region, fips, dual_stack, endpoint=None):
    parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dual_stack, "UseGlobalEndpoint": False}
    if endpoint is not None:
        parameters["Endpoint"] = endpoint
    try:
        found = provider.resolve_endpoint(**parameters)
    except EndpointProviderError:
        return None
    schemes = found.properties.get("authSchemes") or [{}]
    return {"url": found.url, "signing_region": schemes[0].get("signingRegion")}


def prefixes(regex):
    shape = SHAPE.match(regex)
    if shape is None:
        raise SystemExit(f"the region pattern {regex} has a shape that the table cannot express; extend the chore")
    head = shape["head"].replace("\\-", "-")
    group = re.search(r"\(([a-z|]+)\)", head)
    if group is None:
        return [head]
    return [head.replace(group[0], choice) for choice in group[1].split("|")]


def template(partition, fips, dual_stack):
    found = resolve(partition["probe"], fips, dual_stack)
    return None if found is None else found["url"].replace(partition["probe"], "{region}")


table, exceptions = [], []
for partition in partitions["partitions"]:
    known, pattern = sorted(partition["regions"]), re.compile(partition["regionRegex"])
    partition["probe"] = next(region for region in known if pattern.match(region))
    row = {
        "id": partition["id"],
        "prefixes": prefixes(partition["regionRegex"]),
        "regions": [region for region in known if not pattern.match(region)],
    }
    for name, fips, dual_stack in VARIANTS:
        row[name] = template(partition, fips, dual_stack)
        for region in known:
            found = resolve(region, fips, dual_stack)
            plain = row[name] and {"url": row[name].replace("{region}", region), "signing_region": None}
            if found != plain:
                exceptions.append({"region": region, "variant": name, **found})
    table.append(row)

vectors = []
for region in sorted({region for p in partitions["partitions"] for region in p["regions"]}) + UNKNOWN:
    for name, fips, dual_stack in VARIANTS:
        vectors.append({"region": region, "variant": name, "endpoint": None, "expected": resolve(region, fips, dual_stack)})
for region in ["eu-central-1", "us-gov-west-1", "aws-global", "mars-north-1"]:
    for endpoint in ["https://sts.example.com", "http://127.0.0.1:9000", "https://gateway.example.com/sts"]:
        for name, fips, dual_stack in VARIANTS:
            expected = resolve(region, fips, dual_stack, endpoint)
            vectors.append({"region": region, "variant": name, "endpoint": endpoint, "expected": expected})

print(json.dumps({"botocore": botocore.__version__, "partitions": table, "exceptions": exceptions, "vectors": vectors}))
