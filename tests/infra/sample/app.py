"""The sample modules as a CDK app, for a deployment that tries the app itself."""

from aws_cdk import App

from infra.config import config_from
from infra.packaging import Builder
from infra.system import build
from shared.registry import modules
from tests.infra.sample import FUNCTIONS, MODULES, patterns

app = App()
config = config_from(app.node)
# The real modules say which packages stay out of the base layer.
build(app, config, MODULES, patterns(), Builder(config.arch, (*MODULES, *modules()), functions=FUNCTIONS))
app.synth()
