"""What is looked at before a mail goes to a mail API: that it is one, its address, and that the subject is one line."""

from email_validator import EmailNotValidError

from fermata.channels.mail import check_address, has_control_characters
from fermata.channels.port import EmailContent, Envelope, Rejected, without_address
from fermata.errors import DefinitionError
from fermata.vocabulary import Reason


def checked_mail(envelope: Envelope, provider: str) -> tuple[EmailContent, str] | Rejected:
    """The words and the recipient's address, in ASCII; or why the mail cannot go to an API.

    Args:
        envelope: What is to be sent.
        provider: Its name, for the error.

    Raises:
        DefinitionError: The envelope is not for email.
    """
    content = envelope.content
    if not isinstance(content, EmailContent):
        raise DefinitionError(f"{provider} sends email, not {envelope.channel.value}; pick the channel's provider")
    if envelope.address is None:
        return Rejected(Reason.MISSING_ADDRESS, "the profile has no email address")
    try:
        recipient = check_address(envelope.address).ascii_email
    except EmailNotValidError as error:
        return Rejected(Reason.INVALID_ADDRESS, without_address(str(error), envelope.address))
    if recipient is None:  # neither SendGrid nor SES speaks SMTPUTF8
        return Rejected(Reason.INVALID_ADDRESS, "the mail API takes no address outside of ASCII before the @")
    if has_control_characters(content.subject):
        return Rejected(Reason.RENDER_FAILED, "the subject holds a line break or another control character")
    return content, recipient
