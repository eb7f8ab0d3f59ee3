"""Schools, the people who sign in, and what is checked of them at each request."""

from typing import Self

from shared.data.attributes import Flag, Items, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record
from shared.entities.ground import Expiring
from shared.names import PLATFORM_SCHOOL


class School(Record):
    """A tenant: profile, subscription and settings."""

    keys = Keys(TENANT, "SCHOOL", purpose="a school's profile and settings")

    name = Text()
    address = Text(null=True)
    phone = Text(null=True)
    email = Text(null=True)
    logo = Text(null=True)
    established_year = Whole(null=True)
    board_affiliation = Text(null=True)
    principal_name = Text(null=True)
    status = Text(default="ACTIVE")
    subscription_tier = Text(default="FREE")
    subscription_expiry = Text(null=True)
    timezone = Text()
    currency = Text()
    country = Text()
    locale = Text()
    academic_year = Plain()  # {name, start, end}
    settings = Plain()  # what differs from the defaults of shared/school_settings.py
    limits = Plain(null=True)  # the school's own limits over its tier's, see shared/limits.py


class SchoolListing(Record):
    """A school in the platform's list of schools: a platform item, so that it can be read without a tenant.

    It is written with the school and journalled on the platform, so that the list is as fresh as any other.
    """

    keys = Keys("PLATFORM#SCHOOLS", "{id}", purpose="the platform's list of schools")

    name = Text()
    principal_name = Text(null=True)
    email = Text(null=True)
    phone = Text(null=True)
    country = Text(null=True)
    timezone = Text(null=True)
    currency = Text(null=True)
    status = Text(default="ACTIVE")
    subscription_tier = Text(default="FREE")
    subscription_expiry = Text(null=True)

    @classmethod
    def of(cls, school: School) -> Self:
        """What the list shows of a school."""
        fields = {n: getattr(school, n) for n in (*LISTED_FIELDS, "version", "created_at", "updated_at")}
        return cls(school_id=PLATFORM_SCHOOL, id=school.id, **fields)


LISTED_FIELDS = (
    "name", "principal_name", "email", "phone", "country", "timezone", "currency", "status", "subscription_tier", "subscription_expiry",
)  # fmt: skip


class Usage(Item):
    """How much of a limit of its subscription a school uses; `period` is a month, or ALL."""

    keys = Keys(TENANT + "#USAGE", "{limit}#{period}", purpose="how much of a subscription's limit is used")

    limit = Text()
    period = Text(default="ALL")
    used = Whole()


class CurrencyHold(Item):
    """Says that amounts of money are kept in the school's currency, which cannot be changed from then on."""

    keys = Keys(TENANT, "CURRENCY", purpose="whether a school's currency can still be changed")

    currency = Text()


class User(Record):
    """Somebody who can sign in. The user pool holds the password, under this id as its user name."""

    keys = Keys(TENANT + "#USER", "{id}", purpose="one user; all users of a school")

    email = Text()
    role = Text()
    first_name = Text()
    last_name = Text(null=True)
    phone = Text(null=True)
    avatar = Text(null=True)
    status = Text(default="ACTIVE")
    must_change_password = Flag(default=False)
    mfa_enabled = Flag(default=False)
    invited = Flag(default=False)
    last_login = Text(null=True)


class AccountAddress(Item):
    """An e-mail address and whose it is, over all schools: a platform item, read before anybody is signed in."""

    keys = Keys("EMAIL#{email}", "ACCOUNT", purpose="e-mail → account, at sign-in")

    email = Text()
    user_id = Text()
    account_school = Text()


class Access(Item):
    """What every request checks of its caller: a small item, so that it costs half a read unit."""

    keys = Keys(TENANT + "#USER#{user_id}", "ACCESS", purpose="whether a user's tokens are still good")

    user_id = Text()
    role = Text()
    status = Text(default="ACTIVE")
    session_version = Whole(default=1)
    revoked = Plain(null=True)  # token id → when it expires (epoch seconds)


class Session(Expiring):
    """A signed-in device: hashes of its refresh secrets and the pool's own refresh token, encrypted under the secret."""

    keys = Keys(TENANT + "#USER#{user_id}", "SESSION#{id}", purpose="a device's session; all sessions of a user")

    user_id = Text()
    id = Text()
    session_version = Whole()  # of the user's access when it began: another one there ends it
    secret_hash = Text()
    last_secret_hash = Text(null=True)
    step = Text(null=True)  # with the last secret it gives the current one, for a second tab within the grace period
    rotated_at = Whole(null=True)  # epoch milliseconds
    pool_token = Text()
    tokens = Items(null=True)  # [token id, expiry] of access tokens that are still out
    csrf = Items(null=True)  # CSRF tokens of the last access tokens, newest last: the access cookie may be gone by the refresh
    started_at = Text()
    user_agent = Text(null=True)
    ip_address = Text(null=True)


class SignInAttempts(Expiring):
    """Sign-ins of an e-mail address that are not known to be good: a platform item, kept for unknown addresses too."""

    keys = Keys("EMAIL#{email}", "ATTEMPTS", purpose="failed sign-ins, by which an address is locked")

    email = Text()
    failures = Whole(default=0)


class SignInChallenge(Expiring):
    """A sign-in that waits for a code or a new password; what the pool needs to go on is encrypted under its secret."""

    keys = Keys(TENANT + "#USER#{user_id}", "CHALLENGE#{id}", purpose="a sign-in that waits for its second step")

    user_id = Text()
    id = Text()
    session_version = Whole()
    kind = Text()  # MFA, MFA_SETUP or NEW_PASSWORD
    secret_hash = Text()
    sealed = Text()
    tries = Whole(default=5)


class PasswordCode(Expiring):
    """A code or token by which a password may be set once: for a forgotten one, or from an invitation."""

    keys = Keys(TENANT + "#USER#{user_id}", "CODE#{purpose}", purpose="the open reset code or invitation of a user")

    user_id = Text()
    purpose = Text()  # RESET or INVITATION
    code_hash = Text()
    made_at = Whole()  # epoch seconds
    claim = Text()  # the mail that it goes with
    tries = Whole(default=5)
    claimed_until = Whole(default=0)  # epoch seconds, while a password is being set with it


class MailClaim(Expiring):
    """An e-mail that is owed for a journal entry: whoever makes or takes over this item sends it."""

    keys = Keys(TENANT + "#MAIL_CLAIM", "{id}", purpose="whether an e-mail was sent")

    id = Text()  # journal entry and recipient
    state = Text()  # SENDING or SENT
    until = Whole()  # epoch seconds after which an unfinished sending may be taken over


class LegacyHash(Item):
    """The bcrypt hash that a user's school brought along, until the first sign-in."""

    keys = Keys(TENANT + "#USER#{user_id}", "LEGACY_HASH", purpose="a password hash brought along, until the first sign-in")

    user_id = Text()
    hash = Text()
