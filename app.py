"""The CDK app: `cdk synth -c stage=dev|staging|prod [-c arch=arm64|x86_64]`."""

from aws_cdk import App

from infra.config import config_from
from infra.packaging import Builder
from infra.routes import declared_routes, generate
from infra.system import build
from shared.registry import modules


def main() -> None:
    """Synthesise every stack of the stage that the context names."""
    app = App()
    config = config_from(app.node)
    declared = modules()
    build(app, config, declared, generate(declared_routes()), Builder(config.arch, declared))
    app.synth()


if __name__ == "__main__":
    main()
