"""How a handover is cut into transactions."""

from hypothesis import given
from hypothesis import strategies as st

from functions.teachers.handover import BATCH, Gift, batches
from shared.data.unit_of_work import MAX_OPERATIONS
from shared.entities.academics import Class


@given(st.lists(st.integers(0, 200), max_size=400))
def test_every_gift_is_in_one_batch_in_order_and_each_batch_fits_into_a_transaction(receivers):
    gifts = [Gift(Class, str(number), str(to), "") for number, to in enumerate(receivers)]
    found = list(batches(gifts))
    assert [gift for batch in found for gift in batch] == gifts
    for batch in found:
        assert 0 < len(batch) <= BATCH
        assert len(batch) + len({gift.to for gift in batch}) + 2 < MAX_OPERATIONS
