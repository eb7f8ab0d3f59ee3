"""The demo school, provisioned over HTTP as any school is. What is there already stays: a load that was cut short goes on."""

import time
from collections.abc import Callable
from datetime import date
from itertools import chain

from infra.local.demo.api import Api
from infra.local.demo.noticeboard import NoticeBoard
from infra.local.demo.people import read_people
from infra.local.demo.school import Demo, side_by_side
from infra.local.demo.schoolday import SchoolDay

type Login = tuple[str, str, str]  # role, e-mail, password


def load(base_url: str, admin_email: str, admin_password: str, say: Callable[[str], None]) -> list[Login]:
    """Provision the demo school as the platform's operator; how to sign in as each role of it."""
    with Api(base_url) as api:
        api.sign_in(admin_email, admin_password)
        demo = Demo(api, read_people(), secret=admin_password, today=date.today())  # noqa: DTZ011 - any date near the present will do
        for title, step in chain(demo.steps(), SchoolDay(api, side_by_side).steps(), NoticeBoard(api).steps()):
            began = time.monotonic()
            step()
            say(f"{title} ({time.monotonic() - began:.1f} s)")
        return demo.logins
