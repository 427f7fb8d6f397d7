"""What users do: one module a topic. Both doors (REST and the gateway) call these functions with the same typed requests.

Each takes :class:`~server.actions.context.Actions` first, and then who asks; each raises :class:`server.domain.errors.ParleyError`
and nothing else for what a stranger can do wrong. ``do_*`` writes inside one unit of work and returns after the commit, so its
return may be acknowledged. What is not visible to the one who asks does not exist (``unknown_...``). What a moderator or manager
does takes, last, a ``reason`` for the audit log.

=============  ====================================================================================  =========================
module         function                                                                              returns
=============  ====================================================================================  =========================
accounts       do_sign_up(actions, SignUp, Origin)                                                   SessionGrant
               do_log_in(actions, LogIn, Origin)                                                     SessionGrant
               get_me(actions, user_id)                                                              Me
               get_user(actions, user_id, wanted_id)                                                 User
               do_update_me(actions, user_id, UpdateMe)                                              Me
sessions       authenticate(actions, access_token)                                                   Authenticated
               do_refresh(actions, refresh_token, Origin)                                            SessionGrant
               do_log_out(actions, refresh_token)                                                    None
               do_forget_expired(actions)                                                            int
proof          do_prove(actions, caller, Prove, Origin)                                              Proof
               require_recent_proof(actions, reader, caller)  (in the unit of work of the change)       None
passwords      check_password(actions, password, username)                                           str
               advise(actions, AskAdvice, Origin)                                                    PasswordAdvice
password_change
               do_change_password(actions, caller, ChangePassword)                                   None
account_sessions
               get_sessions(actions, caller)                                                         SessionList
               do_end_session(actions, caller, session_id)                                           None
               do_end_other_sessions(actions, caller)                                                None
emails         get_email(actions, user_id)                                                           EmailState
               do_set_email(actions, caller, SetEmail)                                               EmailState
               do_resend_email(actions, user_id)                                                     EmailState
               do_remove_email(actions, caller)                                                      None
               do_verify_email(actions, VerifyEmail, Origin)                                         None
recovery       do_ask_recovery(actions, AskRecovery, Origin)                                         None
               look_at_recovery(actions, LookAtRecovery, Origin)                                     RecoveryView
               do_recover(actions, Recover, Origin)                                                  None
notices        notify(actions, uow, user_id, subject, text)                                          None
groups         do_create_group(actions, user_id, CreateGroup)                                        GroupView
               do_update_group(actions, user_id, group_id, UpdateGroup)                              Group
               do_transfer_group(actions, user_id, group_id, TransferGroup)                          Group
               do_delete_group(actions, user_id, group_id)                                           None
channels       do_create_channel(actions, user_id, group_id, CreateChannel)                          Channel
               do_update_channel(actions, user_id, channel_id, UpdateChannel)                        Channel
               do_delete_channel(actions, user_id, channel_id)                                       None
channel_order  do_order_channels(actions, user_id, group_id, OrderChannels)                          OrderedChannels
overwrites     do_put_overwrite(actions, user_id, channel_id, target, target_id, PutOverwrite)       Channel
               do_delete_overwrite(actions, user_id, channel_id, target, target_id)                  Channel
roles          do_create_role(actions, user_id, group_id, CreateRole)                                Role
               do_update_role(actions, user_id, group_id, role_id, UpdateRole)                       Role
               do_delete_role(actions, user_id, group_id, role_id)                                   None
               do_assign_role(actions, user_id, group_id, member_id, role_id)                        Member
               do_unassign_role(actions, user_id, group_id, member_id, role_id)                      Member
role_order     do_order_roles(actions, user_id, group_id, OrderRoles)                                OrderedRoles
members        get_members(actions, user_id, group_id, MembersQuery)                                 MembersPage
               find_members(actions, user_id, group_id, MemberSearch)                                FoundMembers
               get_member(actions, user_id, group_id, member_id)                                     MemberView
               do_update_member(actions, user_id, group_id, member_id, UpdateMember)                 Member
               do_remove_member(actions, user_id, group_id, member_id)  (oneself: leave)             None
               do_time_out(actions, user_id, group_id, member_id, TimeOut)                           Member
roster         get_roster(actions, user_id, group_id, RosterQuery)                                   RosterPage
invites        get_invites(actions, user_id, group_id)                                               InviteList
               do_create_invite(actions, user_id, group_id, CreateInvite)                            Invite
               do_delete_invite(actions, user_id, code)                                              None
               look_at_invite(actions, code, Origin)                                                 InvitePreview
               do_accept_invite(actions, user_id, code)                                              Accepted
additions      get_my_additions(actions, user_id)                                                    MyAdditions
               get_additions(actions, user_id, group_id)                                             AdditionList
               do_create_addition(actions, user_id, group_id, CreateAddition)                        Addition
               do_accept_addition(actions, user_id, addition_id)                                     GroupView
               do_refuse_addition(actions, user_id, addition_id)                                     None
               do_withdraw_addition(actions, user_id, addition_id)                                   None
messages       do_create_message(actions, user_id, channel_id, CreateMessage)                        (Written, is_new)
               do_edit_message(actions, user_id, channel_id, message_id, EditMessage)                Written
               do_delete_message(actions, user_id, channel_id, message_id)                           None
               get_message(actions, user_id, channel_id, message_id)                                 Written
               get_messages(actions, user_id, channel_id, PageQuery)                                 MessagesPage
relations      get_relations(actions, user_id)                                                       RelationList
               do_ask_for_friendship(actions, user_id, AskForFriendship)                             Relation
               do_put_relation(actions, user_id, other_id, PutRelation)                              Relation
               do_end_relation(actions, user_id, other_id)                                           None
conversations  get_conversations(actions, user_id)                                                   ConversationList
               get_conversation(actions, user_id, channel_id)                                        ConversationView
               do_begin_conversation(actions, user_id, BeginConversation)                            (ConversationView, is_new)
               do_rename_conversation(actions, user_id, channel_id, RenameConversation)              Conversation
               do_bring_in(actions, user_id, channel_id, other_id)                                   Conversation
               do_take_out(actions, user_id, channel_id, member_id)  (oneself: leave)                None
forwards       get_origin(actions, user_id, channel_id, message_id)                                  OriginView
inbox          get_mentions(actions, user_id, MentionsQuery)                                         MentionsPage
cursors        do_move_cursor(actions, user_id, channel_id, MoveCursor)                              Cursor
levels         get_levels(actions, user_id)                                                          LevelList
               do_put_group_level(actions, user_id, group_id, SetLevel)                              Level
               do_put_channel_level(actions, user_id, channel_id, SetLevel)                          Level
audit          get_audit(actions, user_id, group_id, AuditQuery)                                        AuditPage
               record(actions, uow, seat, action, target_kind, target_id, reason=, changes=)         None
typing         do_start_typing(actions, user_id, channel_id)                                         None
voice          check_voice_join(actions, user_id, channel_id)                                        VoiceSeat
snapshot       snapshot(actions, user_id)                                                            Snapshot
               group_view(actions, user_id, group_id)                                                GroupView
               load_access(actions, group_ids)                                                       {GroupId: GroupAccess}
               members_of(actions, group_id, user_ids)                                               {UserId: Member}
               memberships(actions, user_id)                                                         {GroupId: Member}
               cursors_for(actions, user_id, channels)                                               {ChannelId: Cursor}
               channel_for_readers(actions, channel_id, user_ids)                                    (Channel, cursors) or None
               recount(actions, channel_id, message_id, user_ids)                                    {UserId: Cursor}
               user_of(actions, user_id)                                                             User
=============  ====================================================================================  =========================

Order of events where one action publishes several: ``group.join`` to the newcomer comes before ``member.join`` to the group, and
``group.leave`` to the one who is out comes before ``member.leave`` to those who remain.
"""
