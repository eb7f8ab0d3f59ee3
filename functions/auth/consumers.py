"""What follows from the journal: invitations, codes, and the pool's forgetting of users who were removed."""

from functions.auth import accounts, codes, letters
from functions.auth.accounts import MODULE, Account
from functions.auth.handles import Handle
from shared import clock
from shared.consumer import Entry, consumer
from shared.data import reader
from shared.data.item import Item
from shared.data.unit_of_work import Actor, UnitOfWork
from shared.entities.tenancy import MailClaim, PasswordCode
from shared.gateways import mail, pool
from shared.gateways.mail import Mail

_LEASE = 30  # seconds after which another may send what a process left unsent
_KEPT = 30 * 86_400  # longer than an entry can lie in a dead-letter queue
_BETWEEN_CODES = 60  # seconds: whoever asks again at once gets no second mail


class InFlight(Exception):
    """Another delivery of the same entry is sending the mail now; this one is tried again."""


class _Taken(Exception):
    """The mail is not this delivery's to send."""


def _mail(entry: Entry) -> None:
    created = entry.kind == "User" and entry.action.startswith("CREATE")
    for user_id in entry.entity_ids:
        if created or entry.kind == "Invitation":
            _invite(entry, user_id)
        elif entry.kind == "PasswordReset":
            _send_code(entry, user_id)


def _invite(entry: Entry, user_id: str) -> None:
    account = accounts.of(entry.school_id, user_id)
    if account is None or not account.active or not account.user.invited:
        return
    handle = Handle.new(entry.school_id, user_id)
    _once(entry, account, codes.INVITATION, handle.hash, letters.invitation(account, str(handle)))


def _send_code(entry: Entry, user_id: str) -> None:
    account = accounts.of(entry.school_id, user_id)
    if account is None or not account.active or _age(entry) > codes.LIFETIME[codes.RESET]:
        return
    code = codes.new_code()
    _once(entry, account, codes.RESET, codes.hashed(code), letters.reset_code(account, code))


def _age(entry: Entry) -> float:
    from datetime import datetime

    return (clock.now() - datetime.fromisoformat(entry.at)).total_seconds()


def _once(entry: Entry, account: Account, purpose: str, code_hash: str, letter: Mail) -> None:
    """Send a mail and keep the hash of its code, once for an entry and user however often the entry is delivered.

    The claim and the hash are one transaction. A process that dies between claim and sending leaves a claim that the next
    delivery takes over, with a code of its own.
    """
    now = clock.epoch()
    claim_id = f"{entry.id}#{account.user.id}"
    claim = MailClaim(school_id=entry.school_id, id=claim_id, state="SENDING", until=now + _LEASE, expires_at=now + _KEPT)
    code = PasswordCode(
        school_id=entry.school_id,
        user_id=account.user.id,
        purpose=purpose,
        code_hash=code_hash,
        made_at=now,
        claim=claim_id,
        tries=codes.TRIES[purpose],
        expires_at=now + codes.LIFETIME[purpose],
    )
    free = Item.pk.does_not_exist() | ((MailClaim.state == "SENDING") & (MailClaim.until <= now))
    pause = _BETWEEN_CODES if purpose == codes.RESET else 0
    due = Item.pk.does_not_exist() | (PasswordCode.made_at <= now - pause) | (PasswordCode.claim == claim_id)
    unit = UnitOfWork(entry.school_id, Actor(), MODULE)
    unit.put(claim, free, _Taken())
    unit.put(code, due, _Taken())
    try:
        unit.commit()
    except _Taken:
        _check_settled(entry.school_id, claim_id)
        return
    try:
        mail.send(letter)
    except Exception:
        claim.until = 0
        _settle(claim)
        raise
    claim.state = "SENT"
    _settle(claim)


def _settle(claim: MailClaim) -> None:
    unit = UnitOfWork(str(claim.school_id), Actor(), MODULE)
    unit.put(claim, None, _Taken())
    unit.commit()


def _check_settled(school_id: str, claim_id: str) -> None:
    claim = reader.load(MailClaim, consistent=True, school_id=school_id, id=claim_id)
    if claim is not None and claim.state == "SENDING":
        raise InFlight(claim_id)


def _forget_in_pool(entry: Entry) -> None:
    """A removed or erased user's password is removed too; ids are never used again, so it does not matter when."""
    if entry.action not in ("DELETE_USER", "ERASE_USER"):
        return
    for user_id in entry.entity_ids:
        pool.delete_user(user_id)


mails = consumer(_mail)
pool_users = consumer(_forget_in_pool)
