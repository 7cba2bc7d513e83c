"""A workflow whose file has a segment in it, as a journey's definition will."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from fermata.segments import consents, days, did, in_country, in_time_zone, trait
    from fermata.vocabulary import Channel, Purpose

ENTRY = (
    did("Product Viewed", times=3, within=days(7))
    & (in_country("FR", "DE") | in_time_zone("America/Argentina/Buenos_Aires"))
    & consents(Channel.EMAIL, Purpose.MARKETING)
    & (trait("plan") != "pro")
)


@workflow.defn
class Entering:
    """Says who may enter."""

    @workflow.run
    async def run(self) -> str:
        return ENTRY.words
