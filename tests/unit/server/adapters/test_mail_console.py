from __future__ import annotations

from server.adapters.mail_console import ConsoleMailer
from server.domain.ids import MailId, Snowflake
from server.domain.mail import Mail


async def test_the_operator_reads_what_would_have_been_sent() -> None:
    lines: list[str] = []
    mail = Mail(to="ben@example.org", subject="Come\x1b[2J in", text="Hello,\n\nhttps://chat.example.org/invite/x\r\n")
    await ConsoleMailer(lines.append).send(mail, MailId(Snowflake(1)))
    assert lines == [
        "No mail server is set (PARLEY_SMTP_HOST); this would have been sent:",
        "  | To: ben@example.org",
        "  | Subject: Come [2J in",
        "  |",
        "  | Hello,",
        "  |",
        "  | https://chat.example.org/invite/x",
    ]
