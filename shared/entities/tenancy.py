"""Schools, the people who sign in, and what is checked of them at each request."""

from shared.data.attributes import Flag, Items, Plain, Text, Whole
from shared.data.item import TENANT, Item, Keys, Record
from shared.entities.ground import Expiring


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
    settings = Plain()  # number formats, school days, attendance and fee rules, rate limits, import mappings


class SchoolListing(Item):
    """A school in the platform's list of schools: a platform item, so that it can be read without a tenant."""

    keys = Keys("PLATFORM#SCHOOLS", "{id}", purpose="the platform's list of schools")

    id = Text()
    name = Text()


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
    secret_hash = Text()
    last_secret_hash = Text(null=True)
    rotated_at = Whole(null=True)
    pool_token = Text()
    tokens = Items(null=True)  # [token id, expiry] of access tokens that are still out
    started_at = Text()
    user_agent = Text(null=True)
    ip_address = Text(null=True)
