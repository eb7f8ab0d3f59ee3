"""Routes of fee structures, their assignment, and concessions."""

from functions.fees import assigning, concessions, structures
from functions.fees import schemas_structures as schemas
from functions.fees.routes_common import router
from shared.auth.caller import Caller
from shared.auth.permissions import Permission
from shared.errors import Conflict, NotFound
from shared.http.envelope import Accepted, Created, Ok, Page, created, listing, ok
from shared.http.schema import Deletion

_TAG = "Fee structures"


@router.get("/fee-structures", allow=Permission.FEE_STRUCTURES_READ, tag=_TAG)
def list_fee_structures(query: schemas.StructureList, caller: Caller) -> Page[schemas.StructureOut]:
    """List what the school charges."""
    return listing(structures.list_fee_structures(caller, query), query)


@router.get("/fee-structures/<structure_id>", allow=Permission.FEE_STRUCTURES_READ, raises=(NotFound,), tag=_TAG)
def get_fee_structure(structure_id: str, caller: Caller) -> Ok[schemas.StructureOut]:
    """Return one fee structure."""
    return ok(schemas.StructureOut.model_validate(structures.get_fee_structure(caller, structure_id)))


@router.post("/fee-structures", allow=Permission.FEE_STRUCTURES_MANAGE, raises=(Conflict,), tag=_TAG)
def create_fee_structure(data: schemas.StructureIn, caller: Caller) -> Created[schemas.StructureOut]:
    """Create a fee structure. Nobody owes anything by it until it is assigned."""
    return created(schemas.StructureOut.model_validate(structures.create_fee_structure(caller, data)))


@router.put("/fee-structures/<structure_id>", allow=Permission.FEE_STRUCTURES_MANAGE, raises=(NotFound, Conflict), tag=_TAG)
def update_fee_structure(structure_id: str, data: schemas.StructureChange, caller: Caller) -> Ok[schemas.StructureOut]:
    """Change the fields that are sent. One that fees were made of keeps amount, periods and due days; classes can be added."""
    return ok(schemas.StructureOut.model_validate(structures.update_fee_structure(caller, structure_id, data)))


@router.delete("/fee-structures/<structure_id>", allow=Permission.FEE_STRUCTURES_MANAGE, raises=(NotFound, Conflict), tag=_TAG)
def delete_fee_structure(structure_id: str, caller: Caller) -> Ok[Deletion]:
    """Remove a fee structure that no fee was made of; close any other."""
    return ok(structures.delete_fee_structure(caller, structure_id))


@router.post(
    "/fee-structures/<structure_id>/assign",
    allow=Permission.FEE_STRUCTURES_MANAGE,
    raises=(NotFound, Conflict),
    idempotent="claim",
    tag=_TAG,
)
def assign_fee_structure(
    structure_id: str, data: schemas.AssignIn, caller: Caller
) -> Ok[schemas.AssignmentOut] | Accepted[schemas.AssignmentOut]:
    """Make the fees of each student and period, with discounts and scholarships taken off. `dryRun` only tells what it comes to.

    Doing it again, or going on after it was interrupted, makes each fee once. A student who joins later gets the periods from then
    on by itself. More than 2,000 fees are made in the background: the answer is then 202, and `GET /fee-assignments/{id}` tells
    the progress.
    """
    return assigning.assign_fee_structure(caller, structure_id, data)


@router.get("/fee-assignments", allow=Permission.FEE_STRUCTURES_READ, tag=_TAG)
def list_fee_assignments(query: schemas.AssignmentList, caller: Caller) -> Page[schemas.AssignmentOut]:
    """List the runs of assigning, the newest first."""
    return listing(assigning.list_fee_assignments(caller, query), query)


@router.get("/fee-assignments/<assignment_id>", allow=Permission.FEE_STRUCTURES_READ, raises=(NotFound,), tag=_TAG)
def get_fee_assignment(assignment_id: str, caller: Caller) -> Ok[schemas.AssignmentOut]:
    """Return a run with its progress."""
    return ok(assigning.get_fee_assignment(caller, assignment_id))


@router.get("/fee-concessions", allow=Permission.FEE_STRUCTURES_READ, tag=_TAG)
def list_fee_concessions(query: schemas.ConcessionList, caller: Caller) -> Page[schemas.ConcessionOut]:
    """List the discounts and scholarships of single students."""
    return listing(concessions.list_fee_concessions(caller, query), query)


@router.post("/fee-concessions", allow=Permission.FEE_STRUCTURES_MANAGE, raises=(Conflict,), tag=_TAG)
def create_fee_concession(data: schemas.ConcessionIn, caller: Caller) -> Created[schemas.ConcessionOut]:
    """Grant a student a discount or scholarship on each fee that is assigned from now on, with a reason."""
    return created(schemas.ConcessionOut.model_validate(concessions.create_fee_concession(caller, data)))


@router.delete("/fee-concessions/<concession_id>", allow=Permission.FEE_STRUCTURES_MANAGE, raises=(NotFound, Conflict), tag=_TAG)
def delete_fee_concession(concession_id: str, caller: Caller) -> Ok[Deletion]:
    """End a concession; fees that it was applied to keep it."""
    return ok(concessions.delete_fee_concession(caller, concession_id))
