"""A snapshot plus its events equals a fresh snapshot: for every kind of event there is, and for people who see different things."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest

from server.actions.accounts import UpdateMe, do_update_me, get_user
from server.actions.additions import (
    CreateAddition,
    do_accept_addition,
    do_create_addition,
    do_refuse_addition,
    do_withdraw_addition,
    get_additions,
)
from server.actions.bans import BanRequest, do_ban
from server.actions.channel_order import ChannelPlace, OrderChannels, do_order_channels
from server.actions.channels import (
    CreateChannel,
    UpdateChannel,
    do_create_channel,
    do_delete_channel,
    do_update_channel,
)
from server.actions.conversations import (
    RenameConversation,
    do_bring_in,
    do_rename_conversation,
    do_take_out,
    get_conversation,
)
from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.emojis import RenameEmoji, do_create_emoji, do_delete_emoji, do_rename_emoji
from server.actions.groups import TransferGroup, UpdateGroup, do_delete_group, do_transfer_group, do_update_group
from server.actions.history import BulkDelete, do_bulk_delete
from server.actions.levels import SetLevel, do_put_channel_level, do_put_group_level
from server.actions.members import TimeOut, UpdateMember, do_remove_member, do_time_out, do_update_member
from server.actions.messages import EditMessage, do_delete_message, do_edit_message
from server.actions.operators import Announce, do_announce, do_take_back_announcement
from server.actions.overwrites import PutOverwrite, do_delete_overwrite, do_put_overwrite
from server.actions.pins import do_pin
from server.actions.portraits import UpdateProfile, do_put_avatar, do_update_profile
from server.actions.previews import do_remove_previews
from server.actions.reactions import do_react, do_unreact
from server.actions.relations import (
    AskForFriendship,
    PutRelation,
    do_ask_for_friendship,
    do_end_relation,
    do_put_relation,
)
from server.actions.reports import HandleReport, NewReport, do_handle_report, do_report
from server.actions.role_order import OrderRoles, do_order_roles
from server.actions.roles import (
    CreateRole,
    UpdateRole,
    do_assign_role,
    do_create_role,
    do_delete_role,
    do_unassign_role,
    do_update_role,
)
from server.actions.snapshot import group_view
from server.actions.typing import do_start_typing
from server.domain import events
from server.domain.entities import Channel, ChosenStatus, DirectFrom, LevelKind, Message
from server.domain.ids import ChannelId, GroupId, RoleId
from server.domain.permissions import EVERYONE, Permission
from server.domain.sections import Text
from signaling.voice_port import Caller, Offer, Update
from tests.support.gateway_client import GatewayClient
from tests.support.gateway_scene import begin, hide, let_in, reveal, text_channel, together, voice_channel, write
from tests.support.gateway_server import GatewayServer, Person, gateway_server
from tests.support.pictures import picture

pytestmark = pytest.mark.integration

VIEW = int(Permission.VIEW_CHANNEL)


@dataclass
class Scene:
    """Anna owns the group; Ben may see ``secret``, Cleo may not; Cleo may see ``hall`` by her role alone; Dora is outside."""

    server: GatewayServer
    anna: Person
    ben: Person
    cleo: Person
    dora: Person
    group_id: GroupId
    general: ChannelId
    voice: ChannelId
    secret: ChannelId
    hall: ChannelId
    role_id: RoleId
    said: list[Message]
    """In general: by Anna, Ben, Cleo."""

    @property
    def people(self) -> list[Person]:
        return [self.anna, self.ben, self.cleo, self.dora]

    def caller(self, person: Person) -> Caller:
        return Caller(person.user_id, person.login_id)


async def make_scene(server: GatewayServer) -> Scene:
    view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
    dora = await server.person("dora")
    actions, group_id = server.actions, view.group.id
    secret = await do_create_channel(actions, anna.user_id, group_id, CreateChannel(name="secret", kind="text"))
    hall = await do_create_channel(actions, anna.user_id, group_id, CreateChannel(name="hall", kind="text"))
    role = await do_create_role(actions, anna.user_id, group_id, CreateRole(name="guests", position=1))
    await do_assign_role(actions, anna.user_id, group_id, cleo.user_id, role.id)
    nobody = PutOverwrite(allow=0, deny=VIEW)
    for channel in (secret, hall):
        await do_put_overwrite(actions, anna.user_id, channel.id, "role", RoleId(group_id), nobody)
    await reveal(server, anna, secret.id, ben.user_id)
    await do_put_overwrite(actions, anna.user_id, hall.id, "role", role.id, PutOverwrite(allow=VIEW, deny=0))
    general = text_channel(view)
    said = [await write(server, person, general, f"before {number}") for number, person in enumerate((anna, ben, cleo))]
    for number in range(2):
        await write(server, anna, secret.id, f"whispered {number}")
        await write(server, anna, hall.id, f"called {number}")
    return Scene(
        server, anna, ben, cleo, dora, group_id, general, voice_channel(view), secret.id, hall.id, role.id, said
    )


Act = Callable[[Scene], Awaitable[object]]
CASES: dict[type[Any], dict[str, Act]] = {}
"""Event -> what leads to it, by name."""


def case(*kinds: type[Any]) -> Callable[[Act], Act]:
    def add(act: Act) -> Act:
        for kind in kinds:
            CASES.setdefault(kind, {})[act.__name__] = act
        return act

    return add


@case(events.UserUpdate)
async def a_new_name(scene: Scene) -> None:
    await do_update_me(scene.server.actions, scene.ben.user_id, UpdateMe(display_name="Benedict"))


@case(events.UserUpdate)
async def a_new_name_while_in_voice(scene: Scene) -> None:
    await joined(scene, scene.ben)
    await do_update_me(scene.server.actions, scene.ben.user_id, UpdateMe(display_name="Benedict"))


@case(events.AnnouncementUpdate)
async def an_announcement(scene: Scene) -> None:
    await do_announce(scene.server.actions, None, Announce(text="The server restarts at noon."))


@case(events.AnnouncementUpdate)
async def an_announcement_is_taken_back(scene: Scene) -> None:
    await do_announce(scene.server.actions, None, Announce(text="Never mind."))
    await do_take_back_announcement(scene.server.actions, None)


@case(events.GroupJoin, events.MemberJoin)
async def someone_comes_in(scene: Scene) -> None:
    await let_in(scene.server, scene.anna, scene.group_id, scene.dora)
    await write(scene.server, scene.anna, scene.general, "welcome")


@case(events.GroupUpdate)
async def a_new_group_name(scene: Scene) -> None:
    await do_update_group(scene.server.actions, scene.anna.user_id, scene.group_id, UpdateGroup(name="Other"))


@case(events.GroupLeave, events.MemberLeave)
async def someone_is_removed(scene: Scene) -> None:
    await do_remove_member(scene.server.actions, scene.anna.user_id, scene.group_id, scene.ben.user_id)
    await write(scene.server, scene.anna, scene.general, "gone")


@case(events.GroupLeave, events.MemberLeave, events.GroupJoin)
async def someone_leaves_and_comes_back(scene: Scene) -> None:
    await do_remove_member(scene.server.actions, scene.cleo.user_id, scene.group_id, scene.cleo.user_id)
    await write(scene.server, scene.anna, scene.general, "gone")
    await let_in(scene.server, scene.anna, scene.group_id, scene.cleo)
    await write(scene.server, scene.anna, scene.general, "back")


@case(events.GroupLeave)
async def the_group_is_deleted(scene: Scene) -> None:
    await do_delete_group(scene.server.actions, scene.anna.user_id, scene.group_id)


@case(events.ChannelUpdate)
async def a_new_channel(scene: Scene) -> None:
    for request in (CreateChannel(name="new text", kind="text"), CreateChannel(name="new voice", kind="voice")):
        await do_create_channel(scene.server.actions, scene.anna.user_id, scene.group_id, request)


@case(events.ChannelUpdate)
async def a_channel_is_renamed(scene: Scene) -> None:
    for channel_id in (scene.general, scene.secret):
        request = UpdateChannel(name="renamed", topic="topic", position=7)
        await do_update_channel(scene.server.actions, scene.anna.user_id, channel_id, request)


@case(events.ChannelUpdate)
async def a_channel_comes_into_view(scene: Scene) -> None:
    await reveal(scene.server, scene.anna, scene.secret, scene.cleo.user_id)
    await write(scene.server, scene.ben, scene.secret, "now you see me")


@case(events.ChannelUpdate)
async def a_voice_channel_with_people_comes_into_view(scene: Scene) -> None:
    await hide(scene.server, scene.anna, scene.voice, scene.cleo.user_id)
    await joined(scene, scene.ben)
    target = scene.cleo.user_id
    await do_delete_overwrite(scene.server.actions, scene.anna.user_id, scene.voice, "member", target)


@case(events.ChannelDelete)
async def a_channel_is_deleted(scene: Scene) -> None:
    for channel_id in (scene.secret, scene.voice):
        await do_delete_channel(scene.server.actions, scene.anna.user_id, channel_id)


@case(events.ChannelDelete)
async def a_channel_goes_out_of_view(scene: Scene) -> None:
    await hide(scene.server, scene.anna, scene.general, scene.ben.user_id)
    await write(scene.server, scene.cleo, scene.general, "about ben")


@case(events.ChannelDelete, events.ChannelUpdate)
async def a_channel_goes_out_of_view_and_comes_back(scene: Scene) -> None:
    await hide(scene.server, scene.anna, scene.general, scene.ben.user_id)
    await write(scene.server, scene.cleo, scene.general, "about ben")
    await reveal(scene.server, scene.anna, scene.general, scene.ben.user_id)
    await write(scene.server, scene.cleo, scene.general, "to ben")


@case(events.ChannelUpdate)
async def channels_move_into_a_new_category(scene: Scene) -> None:
    category = await new_category(scene)
    for channel_id in (scene.general, scene.secret, scene.voice):
        request = UpdateChannel(category_id=category.id)
        await do_update_channel(scene.server.actions, scene.anna.user_id, channel_id, request)
    await write(scene.server, scene.cleo, scene.general, "outside")


@case(events.ChannelUpdate, events.ChannelDelete)
async def a_category_hides_its_channels_and_shows_them_again(scene: Scene) -> None:
    await channels_move_into_a_new_category(scene)
    category = await new_category(scene, private=True)
    for channel_id in (scene.general, scene.voice):
        request = UpdateChannel(category_id=category.id)
        await do_update_channel(scene.server.actions, scene.anna.user_id, channel_id, request)
    await write(scene.server, scene.anna, scene.general, "alone")
    await reveal(scene.server, scene.anna, category.id, scene.ben.user_id)
    await write(scene.server, scene.ben, scene.general, "together")


@case(events.ChannelUpdate, events.ChannelDelete)
async def a_private_category_is_deleted(scene: Scene) -> None:
    category = await new_category(scene, private=True)
    for channel_id in (scene.general, scene.voice, scene.secret):
        request = UpdateChannel(category_id=category.id)
        await do_update_channel(scene.server.actions, scene.anna.user_id, channel_id, request)
    await write(scene.server, scene.anna, scene.general, "alone")
    await do_delete_channel(scene.server.actions, scene.anna.user_id, category.id)
    await write(scene.server, scene.ben, scene.general, "together")


@case(events.ChannelUpdate, events.ChannelDelete)
async def channels_are_put_in_order(scene: Scene) -> None:
    category = await new_category(scene, private=True)
    places = [(category.id, None), (scene.general, category.id), (scene.hall, None), (scene.secret, category.id)]
    request = OrderChannels(channels=tuple(ChannelPlace(id=one, category_id=home) for one, home in places))
    await do_order_channels(scene.server.actions, scene.anna.user_id, scene.group_id, request)


async def new_category(scene: Scene, *, private: bool = False) -> Channel:
    request = CreateChannel(name="outside", kind="category", private=private)
    return await do_create_channel(scene.server.actions, scene.anna.user_id, scene.group_id, request)


@case(events.RoleUpdate)
async def roles_are_put_in_order(scene: Scene) -> None:
    actions, anna = scene.server.actions, scene.anna.user_id
    await do_create_role(actions, anna, scene.group_id, CreateRole(name="helpers", colour=255, hoisted=True))
    view = await group_view(actions, anna, scene.group_id)
    role_ids = tuple(role.id for role in view.roles if role.id != RoleId(scene.group_id))
    await do_order_roles(actions, anna, scene.group_id, OrderRoles(role_ids=role_ids))


@case(events.GroupUpdate, events.ChannelUpdate)
async def the_group_is_handed_over(scene: Scene) -> None:
    request = TransferGroup(user_id=scene.ben.user_id)
    await do_transfer_group(scene.server.actions, scene.anna.user_id, scene.group_id, request)
    await write(scene.server, scene.cleo, scene.hall, "hello chief")


@case(events.MemberUpdate)
async def someone_gets_a_nickname(scene: Scene) -> None:
    request = UpdateMember(nickname="Benny")
    await do_update_member(scene.server.actions, scene.anna.user_id, scene.group_id, scene.ben.user_id, request)


@case(events.RoleUpdate)
async def a_new_role(scene: Scene) -> None:
    request = CreateRole(name="helpers", permissions=int(Permission.MANAGE_MESSAGES), position=2)
    await do_create_role(scene.server.actions, scene.anna.user_id, scene.group_id, request)


@case(events.RoleUpdate, events.ChannelUpdate)
async def a_role_becomes_administrator(scene: Scene) -> None:
    request = UpdateRole(name="chiefs", permissions=int(Permission.ADMINISTRATOR))
    await do_update_role(scene.server.actions, scene.anna.user_id, scene.group_id, scene.role_id, request)
    await write(scene.server, scene.ben, scene.secret, "cleo is here")


@case(events.RoleUpdate, events.ChannelDelete)
async def everyone_sees_nothing(scene: Scene) -> None:
    request = UpdateRole(permissions=int(EVERYONE & ~Permission.VIEW_CHANNEL))
    everyone = RoleId(scene.group_id)
    await do_update_role(scene.server.actions, scene.anna.user_id, scene.group_id, everyone, request)
    await write(scene.server, scene.anna, scene.general, "alone")


@case(events.RoleDelete, events.ChannelDelete)
async def a_role_is_deleted(scene: Scene) -> None:
    await do_delete_role(scene.server.actions, scene.anna.user_id, scene.group_id, scene.role_id)


@case(events.MemberUpdate, events.ChannelUpdate)
async def someone_gets_a_role(scene: Scene) -> None:
    await do_assign_role(scene.server.actions, scene.anna.user_id, scene.group_id, scene.ben.user_id, scene.role_id)
    await write(scene.server, scene.cleo, scene.hall, "hello ben")


@case(events.MemberUpdate, events.ChannelDelete)
async def someone_loses_a_role(scene: Scene) -> None:
    await do_unassign_role(scene.server.actions, scene.anna.user_id, scene.group_id, scene.cleo.user_id, scene.role_id)
    await write(scene.server, scene.anna, scene.hall, "cleo is gone")


@case(events.MemberUpdate)
async def someone_is_timed_out(scene: Scene) -> None:
    until = TimeOut(until_ms=scene.server.clock.now_ms() + 60_000)
    await do_time_out(scene.server.actions, scene.anna.user_id, scene.group_id, scene.ben.user_id, until)
    await write(scene.server, scene.anna, scene.secret, "ben reads this")


@case(events.MessageCreate)
async def messages(scene: Scene) -> None:
    for number, person in enumerate((scene.anna, scene.ben, scene.cleo, scene.anna)):
        await write(scene.server, person, scene.general, f"message {number}")
    await write(scene.server, scene.ben, scene.secret, "secret")


@case(events.MessageUpdate)
async def a_message_is_edited(scene: Scene) -> None:
    fresh = await write(scene.server, scene.anna, scene.general, "frehs")
    for message in (fresh, scene.said[0]):
        request = EditMessage(sections=(Text("fresh"),))
        await do_edit_message(scene.server.actions, scene.anna.user_id, scene.general, message.id, request)


@case(events.MessageDelete, events.CursorUpdate)
async def messages_are_deleted(scene: Scene) -> None:
    """One that clients know, and one from before their snapshots."""
    fresh = await write(scene.server, scene.anna, scene.general, "oh no")
    await write(scene.server, scene.anna, scene.general, "that stays")
    for message in (fresh, scene.said[0], scene.said[2]):
        await do_delete_message(scene.server.actions, scene.anna.user_id, scene.general, message.id)


@case(events.MessageCreate, events.CursorUpdate)
async def people_are_mentioned(scene: Scene) -> None:
    """By name, by role (of the secret channel's readers too), all of them, and those who are here."""
    for text in (f"<@{scene.ben.user_id}>", f"<@&{scene.role_id}>", "@everyone", "@here", "@here @everyone"):
        await write(scene.server, scene.anna, scene.general, text)
        await write(scene.server, scene.cleo, scene.general, text)
        await write(scene.server, scene.anna, scene.hall, text)
    await write(scene.server, scene.anna, scene.general, f"@here <@{scene.cleo.user_id}>")


@case(events.MessageUpdate, events.CursorUpdate)
async def mentions_are_taken_back(scene: Scene) -> None:
    everybody = f"<@{scene.ben.user_id}> <@&{scene.role_id}> <@{scene.cleo.user_id}> @here @everyone"
    actions, anna = scene.server.actions, scene.anna.user_id
    for left in ("@everyone", f"<@{scene.cleo.user_id}> @here", f"<@&{scene.role_id}>", "nobody", everybody):
        message = await write(scene.server, scene.anna, scene.general, everybody)
        for text in (left, "nobody", everybody):
            request = EditMessage(sections=(Text(text),))
            await do_edit_message(actions, anna, scene.general, message.id, request)


@case(events.CursorUpdate)
async def a_channel_is_marked_unread(scene: Scene) -> None:
    fresh = await write(scene.server, scene.ben, scene.general, f"<@{scene.anna.user_id}>")
    for message in (fresh, scene.said[0]):
        request = MoveCursor(message_id=message.id, unread=True)
        for person in (scene.anna, scene.ben, scene.cleo):
            await do_move_cursor(scene.server.actions, person.user_id, scene.general, request)


@case(events.LevelUpdate)
async def levels_are_set(scene: Scene) -> None:
    actions, anna, ben = scene.server.actions, scene.anna.user_id, scene.ben.user_id
    await do_put_group_level(actions, ben, scene.group_id, SetLevel(level=LevelKind.NONE))
    await do_put_channel_level(actions, ben, scene.secret, SetLevel(level=LevelKind.DEFAULT, muted_until_ms=9))
    for kind in (LevelKind.MENTIONS, LevelKind.DEFAULT):
        await do_put_channel_level(actions, anna, scene.general, SetLevel(level=kind))


@case(events.LevelUpdate, events.GroupLeave, events.ChannelDelete)
async def levels_of_what_goes_and_comes_back(scene: Scene) -> None:
    await levels_are_set(scene)
    await hide(scene.server, scene.anna, scene.general, scene.ben.user_id)
    await do_put_channel_level(scene.server.actions, scene.cleo.user_id, scene.hall, SetLevel(level=LevelKind.NONE))
    await someone_leaves_and_comes_back(scene)
    await reveal(scene.server, scene.anna, scene.general, scene.ben.user_id)
    await do_delete_channel(scene.server.actions, scene.anna.user_id, scene.secret)


@case(events.CursorUpdate)
async def a_cursor_moves(scene: Scene) -> None:
    reached = MoveCursor(message_id=scene.said[1].id)
    await do_move_cursor(scene.server.actions, scene.anna.user_id, scene.general, reached)
    await write(scene.server, scene.ben, scene.general, "another one")


async def begun(scene: Scene) -> tuple[ChannelId, ChannelId]:
    """A direct conversation, and one of three who have written in it."""
    direct = await begin(scene.server, scene.anna, scene.ben)
    of_three = await begin(scene.server, scene.anna, scene.ben, scene.cleo, name="three")
    for person in (scene.anna, scene.ben, scene.ben):
        await write(scene.server, person, of_three, f"by {person.user_id}")
    return direct, of_three


@case(events.ConversationUpdate)
async def conversations_begin(scene: Scene) -> None:
    await begun(scene)


@case(events.ConversationUpdate, events.CursorUpdate)
async def messages_of_conversations_come_and_change(scene: Scene) -> None:
    direct, of_three = await begun(scene)
    actions = scene.server.actions
    first = await write(scene.server, scene.anna, direct, "first")
    last = await write(scene.server, scene.anna, direct, "last")
    await do_move_cursor(actions, scene.ben.user_id, direct, MoveCursor(message_id=first.id))
    request = EditMessage(sections=(Text("changed"),))
    await do_edit_message(actions, scene.anna.user_id, direct, last.id, request)
    gone = await write(scene.server, scene.ben, of_three, "gone soon")
    await do_delete_message(actions, scene.ben.user_id, of_three, gone.id)
    await do_start_typing(actions, scene.ben.user_id, direct)


@case(events.ConversationUpdate, events.ConversationDelete)
async def people_come_into_a_conversation_and_go(scene: Scene) -> None:
    _, of_three = await begun(scene)
    actions = scene.server.actions
    await do_rename_conversation(actions, scene.ben.user_id, of_three, RenameConversation(name="renamed"))
    await do_take_out(actions, scene.anna.user_id, of_three, scene.cleo.user_id)
    await write(scene.server, scene.anna, of_three, "about cleo")
    await do_bring_in(actions, scene.ben.user_id, of_three, scene.cleo.user_id)
    await write(scene.server, scene.anna, of_three, "to cleo")
    await do_take_out(actions, scene.anna.user_id, of_three, scene.anna.user_id)
    await write(scene.server, scene.cleo, of_three, "anna is gone")


@case(events.ConversationDelete)
async def a_conversation_ends(scene: Scene) -> None:
    _, of_three = await begun(scene)
    for person in (scene.anna, scene.ben, scene.cleo):
        await do_take_out(scene.server.actions, person.user_id, of_three, person.user_id)


@case(events.MeUpdate, events.UserUpdate)
async def someone_changes_what_only_they_know(scene: Scene) -> None:
    actions = scene.server.actions
    until_ms = scene.server.clock.now_ms() + 60_000
    request = UpdateMe(status=ChosenStatus.DND, status_text="busy", status_until_ms=until_ms, display_name="Benno")
    await do_update_me(actions, scene.ben.user_id, request)
    await do_update_me(actions, scene.cleo.user_id, UpdateMe(direct_from=DirectFrom.FRIENDS))


async def asked(scene: Scene, person: Person, other: Person) -> None:
    await do_put_relation(scene.server.actions, person.user_id, other.user_id, PutRelation(kind="friend"))


@case(events.RelationUpdate)
async def people_ask_and_become_friends(scene: Scene) -> None:
    await asked(scene, scene.anna, scene.ben)
    await asked(scene, scene.ben, scene.anna)
    await asked(scene, scene.cleo, scene.anna)
    await do_ask_for_friendship(scene.server.actions, scene.ben.user_id, AskForFriendship(username="dora"))
    await do_update_me(scene.server.actions, scene.ben.user_id, UpdateMe(display_name="Benedict"))


@case(events.RelationUpdate, events.RelationDelete)
async def relations_end(scene: Scene) -> None:
    await people_ask_and_become_friends(scene)
    actions = scene.server.actions
    for person, other in ((scene.ben, scene.anna), (scene.anna, scene.cleo), (scene.ben, scene.dora)):
        await do_end_relation(actions, person.user_id, other.user_id)


@case(events.RelationUpdate, events.RelationDelete)
async def people_block_and_unblock(scene: Scene) -> None:
    await people_ask_and_become_friends(scene)
    actions = scene.server.actions
    for person, other in ((scene.anna, scene.ben), (scene.ben, scene.anna), (scene.cleo, scene.ben)):
        await do_put_relation(actions, person.user_id, other.user_id, PutRelation(kind="blocked"))
    await do_end_relation(actions, scene.anna.user_id, scene.ben.user_id)


@case(events.PresenceUpdate)
async def someone_who_is_watched_is_seen_otherwise(scene: Scene) -> None:
    hub = scene.server.gateway.hub
    for key, subscriber in hub.sessions.items():
        session = subscriber.session
        await hub.presence.watch(Caller(session.user_id, session.login_id, key), [scene.ben.user_id])
    await do_update_me(scene.server.actions, scene.ben.user_id, UpdateMe(status=ChosenStatus.DND))


@case(events.TypingStart)
async def someone_types(scene: Scene) -> None:
    for channel_id in (scene.general, scene.secret):
        await do_start_typing(scene.server.actions, scene.anna.user_id, channel_id)


@case(events.AdditionCreate)
async def someone_is_asked(scene: Scene) -> None:
    await do_create_addition(scene.server.actions, scene.anna.user_id, scene.group_id, CreateAddition(username="dora"))


@case(events.AdditionDelete)
async def asked_and_withdrawn(scene: Scene) -> None:
    await someone_is_asked(scene)
    pending = await get_additions(scene.server.actions, scene.anna.user_id, scene.group_id)
    await do_withdraw_addition(scene.server.actions, scene.anna.user_id, pending.additions[0].id)


@case(events.ReactionUpdate)
async def people_react(scene: Scene) -> None:
    for person in (scene.ben, scene.cleo):
        await do_react(scene.server.actions, person.user_id, scene.general, scene.said[0].id, "🌻")
    await do_unreact(scene.server.actions, scene.ben.user_id, scene.general, scene.said[0].id, "🌻")


@case(events.MessageDeleteBulk)
async def many_messages_are_deleted_at_once(scene: Scene) -> None:
    await messages(scene)
    ids = tuple(message.id for message in scene.said)
    await do_bulk_delete(scene.server.actions, scene.anna.user_id, scene.general, BulkDelete(message_ids=ids))


@case(events.EmojiUpdate, events.EmojiDelete)
async def emoji_come_and_go(scene: Scene) -> None:
    actions, anna = scene.server.actions, scene.anna.user_id
    kept, gone = [
        await do_create_emoji(actions, anna, scene.group_id, name, picture(), None) for name in ("kept", "gone")
    ]
    await do_rename_emoji(actions, anna, scene.group_id, kept.id, RenameEmoji(name="renamed"))
    await do_delete_emoji(actions, anna, scene.group_id, gone.id)


@case(events.UserUpdate, events.MeUpdate)
async def people_show_themselves(scene: Scene) -> None:
    actions = scene.server.actions
    await do_put_avatar(actions, scene.ben.user_id, picture())
    await do_update_profile(actions, scene.anna.user_id, UpdateProfile(bio="I garden."))


@case(events.MessageUpdate)
async def a_message_is_pinned(scene: Scene) -> None:
    await do_pin(scene.server.actions, scene.anna.user_id, scene.general, scene.said[1].id)


@case(events.MessageUpdate)
async def a_message_shows_what_it_links_to(scene: Scene) -> None:
    actions = scene.server.actions
    actions.previewer.start()
    texts = [f"https://{name}.example.org" for name in ("kept", "gone")]
    _, gone = [await write(scene.server, scene.ben, scene.general, text) for text in texts]
    await actions.previewer.settle()
    await actions.previewer.close()
    await do_remove_previews(actions, scene.ben.user_id, scene.general, gone.id)


@case(events.ReportUpdate)
async def a_message_is_reported_and_handled(scene: Scene) -> None:
    actions = scene.server.actions
    report = await do_report(actions, scene.ben.user_id, scene.general, scene.said[2].id, NewReport(reason="rude"))
    await do_handle_report(actions, scene.anna.user_id, report.id, HandleReport(state="resolved"), None)


@case(events.GroupLeave, events.MemberLeave)
async def someone_is_banned(scene: Scene) -> None:
    request = BanRequest(delete_messages_s=3600)
    await do_ban(scene.server.actions, scene.anna.user_id, scene.group_id, scene.cleo.user_id, request, "spam")


@case(events.AdditionDelete)
async def asked_and_refused(scene: Scene) -> None:
    await someone_is_asked(scene)
    pending = await get_additions(scene.server.actions, scene.anna.user_id, scene.group_id)
    await do_refuse_addition(scene.server.actions, scene.dora.user_id, pending.additions[0].id)


@case(events.AdditionDelete, events.GroupJoin)
async def asked_and_accepted(scene: Scene) -> None:
    await someone_is_asked(scene)
    pending = await get_additions(scene.server.actions, scene.anna.user_id, scene.group_id)
    await do_accept_addition(scene.server.actions, scene.dora.user_id, pending.additions[0].id)


async def joined(scene: Scene, person: Person) -> None:
    offer = Offer(channel_id=scene.voice, negotiation=1, sdp="", muted=False, deafened=False)
    await scene.server.voice.offer(scene.caller(person), offer)


@case(events.VoiceUpdate)
async def people_join_voice_and_mute(scene: Scene) -> None:
    for person in (scene.ben, scene.cleo):
        await joined(scene, person)
    update = Update(participant=scene.server.voice.participant_of(scene.ben.user_id), muted=True)
    await scene.server.voice.update(scene.caller(scene.ben), update)


@case(events.VoiceLeave)
async def someone_leaves_voice(scene: Scene) -> None:
    await people_join_voice_and_mute(scene)
    voice = scene.server.voice
    await voice.leave(scene.caller(scene.ben), voice.participant_of(scene.ben.user_id))


@case(events.VoiceSpeaking, events.VoiceSlots)
async def someone_speaks(scene: Scene) -> None:
    await joined(scene, scene.ben)
    await scene.server.voice.speak(scene.server.voice.participant_of(scene.ben.user_id), speaking=True)


@case(events.VoiceReset)
async def a_voice_connection_is_lost(scene: Scene) -> None:
    await joined(scene, scene.ben)
    await scene.server.voice.reset(scene.server.voice.participant_of(scene.ben.user_id))


# ---------------------------------------------------------------------------------------------------------------- tests


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[GatewayServer]:
    async with gateway_server(tmp_path) as running:
        yield running


def test_every_kind_of_event_has_a_case() -> None:
    assert set(CASES) == set(get_args(events.Event))


ALL = sorted({(act.__name__, act) for acts in CASES.values() for act in acts.values()}, key=lambda one: one[0])


async def agree(server: GatewayServer, observers: list[tuple[Person, GatewayClient]]) -> None:
    await server.quiet(*(client for _, client in observers))
    for person, client in observers:
        fresh = await server.online(person)
        for user_id in client.model.unknown_in_voice():  # voice.update names nobody: clients ask
            client.model.users[user_id] = await get_user(server.actions, person.user_id, user_id)
        for channel_id in client.model.without_last_message():  # they also ask for the message before a deleted one
            view = await get_conversation(server.actions, person.user_id, channel_id)
            client.model.conversations[channel_id].last_message = view.last_message
        assert client.model.seen() == fresh.model.seen()
        await fresh.close()


@pytest.mark.parametrize("act", [act for _, act in ALL], ids=[name for name, _ in ALL])
async def test_snapshot_and_events_equal_a_fresh_snapshot(server: GatewayServer, act: Act) -> None:
    scene = await make_scene(server)
    observers = [(person, await server.online(person)) for person in scene.people]
    await act(scene)
    await agree(server, observers)
    happened = {type(event) for _, client in observers for event in client.events}
    for kind, acts in CASES.items():
        if act in acts.values():
            assert kind in happened, f"{kind.__name__} did not come"


async def test_two_devices_of_one_person_agree(server: GatewayServer) -> None:
    scene = await make_scene(server)
    one, two = await server.online(scene.cleo), await server.online(scene.cleo)
    await a_channel_goes_out_of_view_and_comes_back(scene)
    await a_role_becomes_administrator(scene)
    await a_cursor_moves(scene)
    await someone_leaves_and_comes_back(scene)
    await agree(server, [(scene.cleo, one), (scene.cleo, two)])
    assert one.events == two.events


async def test_everything_one_after_the_other(server: GatewayServer) -> None:
    scene = await make_scene(server)
    observers = [(person, await server.online(person)) for person in scene.people]
    for act in (
        messages,
        a_channel_comes_into_view,
        people_join_voice_and_mute,
        messages_are_deleted,
        messages_of_conversations_come_and_change,
        people_are_mentioned,
        mentions_are_taken_back,
        levels_are_set,
        people_block_and_unblock,
        someone_comes_in,
        a_role_becomes_administrator,
        a_role_is_deleted,
        a_channel_goes_out_of_view,
        a_channel_is_deleted,
        someone_is_removed,
        a_new_name,
        someone_leaves_and_comes_back,
        everyone_sees_nothing,
    ):
        await act(scene)
        await agree(server, observers)
