"""The CDK app: `cdk synth -c stage=dev|staging|prod [-c arch=arm64|x86_64]`."""

import sys

from aws_cdk import App

from infra.archive import PackagingError
from infra.config import ConfigError, config_from
from infra.packaging import Builder
from infra.routes import declared_routes, generate
from infra.system import build
from shared.manifest import ManifestError
from shared.registry import modules


def main() -> None:
    """Synthesise every stack of the stage that the context names."""
    app = App()
    config = config_from(app.node)
    declared = modules()
    build(app, config, declared, generate(declared_routes()), Builder(config.arch, declared))
    app.synth()


if __name__ == "__main__":
    try:
        main()
    except (ConfigError, ManifestError, PackagingError) as error:
        sys.exit(str(error))
