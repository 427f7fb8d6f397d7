"""One transaction, with a repository for each topic."""

from __future__ import annotations

from db.connection import Connection
from db.repos.audit import SqlAudit
from db.repos.bots import SqlBots
from db.repos.channels import SqlChannels
from db.repos.conversations import SqlConversations
from db.repos.cursors import SqlCursors
from db.repos.desks import SqlDesks
from db.repos.edits import SqlEdits
from db.repos.emojis import SqlEmojis
from db.repos.factors import SqlFactors
from db.repos.farewells import SqlFarewells
from db.repos.files import SqlFiles
from db.repos.groups import SqlGroups, SqlRoles
from db.repos.invitations import SqlAdditions, SqlInvites
from db.repos.levels import SqlLevels
from db.repos.links import SqlAccountLinks
from db.repos.mails import SqlMails
from db.repos.members import SqlMembers
from db.repos.messages import SqlMessages
from db.repos.moderation import SqlBans, SqlReports, SqlSafety, SqlWordFilters
from db.repos.operations import SqlOperations
from db.repos.origins import SqlOrigins
from db.repos.pings import SqlPings
from db.repos.pins import SqlPins
from db.repos.portraits import SqlPortraits
from db.repos.previews import SqlPreviews
from db.repos.reactions import SqlReactions
from db.repos.relations import SqlRelations
from db.repos.search import SqlSearch
from db.repos.sessions import SqlSessions
from db.repos.standings import SqlStandings
from db.repos.tickets import SqlTickets
from db.repos.uploads import SqlUploads
from db.repos.users import SqlUsers
from db.repos.webhooks import SqlWebhooks
from server.domain.events import Audience, Event, Notice, Published


class SqlReader:
    """Implements :class:`server.ports.Reader`."""

    def __init__(self, connection: Connection) -> None:
        self.users = SqlUsers(connection)
        self.sessions = SqlSessions(connection)
        self.standings = SqlStandings(connection)
        self.factors = SqlFactors(connection)
        self.tickets = SqlTickets(connection)
        self.links = SqlAccountLinks(connection)
        self.webhooks = SqlWebhooks(connection)
        self.bots = SqlBots(connection)
        self.farewells = SqlFarewells(connection)
        self.groups = SqlGroups(connection)
        self.channels = SqlChannels(connection)
        self.desks = SqlDesks(connection)
        self.conversations = SqlConversations(connection)
        self.relations = SqlRelations(connection)
        self.roles = SqlRoles(connection)
        self.members = SqlMembers(connection)
        self.invites = SqlInvites(connection)
        self.additions = SqlAdditions(connection)
        self.messages = SqlMessages(connection)
        self.bans = SqlBans(connection)
        self.safety = SqlSafety(connection)
        self.filters = SqlWordFilters(connection)
        self.reports = SqlReports(connection)
        self.search = SqlSearch(connection)
        self.reactions = SqlReactions(connection)
        self.emojis = SqlEmojis(connection)
        self.pins = SqlPins(connection)
        self.edits = SqlEdits(connection)
        self.files = SqlFiles(connection)
        self.previews = SqlPreviews(connection)
        self.portraits = SqlPortraits(connection)
        self.uploads = SqlUploads(connection)
        self.origins = SqlOrigins(connection)
        self.pings = SqlPings(connection)
        self.cursors = SqlCursors(connection)
        self.relations = SqlRelations(connection)
        self.levels = SqlLevels(connection)
        self.audit = SqlAudit(connection)
        self.operations = SqlOperations(connection)
        self.mails = SqlMails(connection)


class SqlUnitOfWork(SqlReader):
    """Implements :class:`server.ports.UnitOfWork`; the store publishes ``notices`` after the commit."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.notices: list[Notice] = []

    def publish(self, audience: Audience, event: Event) -> None:
        self.notify(Published(audience, event))

    def notify(self, notice: Notice) -> None:
        self.notices.append(notice)
