import { useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { LazyMenu } from "../../components/LazyOverlays";
import { lazily } from "../../components/lazily";
import { bitsAnywhere } from "../../state/channelBits";
import { may as isGiven } from "../../state/permissions";
import { openDialog } from "../../state/ui";
import { ChannelList } from "../channels/ChannelList";
import { useBadgeOfAll } from "../levels/Badges";
import { useMay, useMyId, useParley, useWorld } from "../parley";

const HomeSide = lazily(
  () => import("../home/HomeSide"),
  (module) => module.HomeSide,
);

const GroupSettingsSide = lazily(() => import("../group/SettingsSide"));
const SettingsSide = lazily(() => import("../settings/SettingsSide"));
const ReportsBadge = lazily(() => import("../group/ReportsBadge"));

/** The column of channels of the group in view, or of the parts of its settings. */
export function Sidebar({ loaded }: { loaded: boolean }) {
  const { t } = useTranslation();
  const { groupId } = useParams({ strict: false });
  const settings = useLocation({ select: ({ pathname }) => /^(\/g\/\d+)?\/settings/.test(pathname) });
  const name = useWorld((world) => (groupId === undefined ? undefined : world.groups[groupId]?.group.name));
  if (!loaded) return <SidebarBones />;
  return (
    <section className="side" aria-label={t("shell.channels")}>
      {settings && (groupId === undefined || name !== undefined) ? (
        <Suspense fallback={null}>
          {groupId === undefined ? <SettingsSide /> : <GroupSettingsSide groupId={groupId} />}
        </Suspense>
      ) : groupId !== undefined && name !== undefined ? (
        <>
          <GroupHead groupId={groupId} name={name} />
          <ChannelList groupId={groupId} />
        </>
      ) : (
        <Suspense fallback={null}>
          <HomeSide />
        </Suspense>
      )}
    </section>
  );
}

function GroupHead({ groupId, name }: { groupId: string; name: string }) {
  const { t } = useTranslation();
  const trigger = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const { channelId } = useParams({ strict: false });
  const may = useMay(groupId);
  const me = useMyId();
  const parley = useParley();
  const unread = useBadgeOfAll(groupId).unread > 0;
  const owner = useWorld((world) => world.groups[groupId]?.group.owner_id === me);
  const moderates = useWorld((world) => isGiven(bitsAnywhere(world, groupId, Date.now()), "manage_messages"));
  const entries = [
    {
      id: "settings",
      label: t("groupSettings.title"),
      icon: "settings" as const,
      shown: true,
      testId: "group-settings",
      onChoose: () => void navigate({ to: "/g/$groupId/settings", params: { groupId } }),
    },
    {
      id: "channel",
      label: t("channel.newTitle"),
      icon: "plus" as const,
      shown: may("manage_channels"),
      onChoose: () => openDialog({ kind: "newChannel", groupId, channelKind: "text" }),
    },
    {
      id: "category",
      label: t("channel.newCategory"),
      icon: "folder" as const,
      shown: may("manage_channels"),
      testId: "menu-new-category",
      onChoose: () => openDialog({ kind: "newChannel", groupId, channelKind: "category" }),
    },
    {
      id: "read",
      label: t("menu.markRead"),
      icon: "check" as const,
      shown: unread,
      onChoose: () => void parley.reading.readGroup(groupId),
    },
    {
      id: "level",
      label: t("menu.notifications"),
      icon: "bell" as const,
      shown: true,
      onChoose: () => openDialog({ kind: "level", scope: "group", targetId: groupId }),
    },
    {
      id: "leave",
      label: t("group.leave"),
      icon: "exit" as const,
      danger: true,
      shown: !owner,
      onChoose: () => openDialog({ kind: "leaveGroup", groupId }),
    },
  ].filter((entry) => entry.shown);
  return (
    <header className="side-head">
      <button
        ref={trigger}
        type="button"
        className="group-button"
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        data-testid="group-menu"
      >
        <h2>{name}</h2>
        <Icon name="chevron" size={16} />
      </button>
      {moderates && (
        <Suspense fallback={null}>
          <ReportsBadge groupId={groupId} />
        </Suspense>
      )}
      {may("create_invite") && (
        <IconButton
          icon="invite"
          label={t("group.invite")}
          onClick={() => openDialog({ kind: "invite", groupId, channelId })}
          data-testid="invite-open"
        />
      )}
      {open && <LazyMenu label={name} trigger={trigger} entries={entries} onClose={() => setOpen(false)} />}
    </header>
  );
}

function SidebarBones() {
  const { t } = useTranslation();
  return (
    <section className="side" aria-label={t("shell.channels")} aria-busy="true">
      <div className="side-head">
        <div className="bone title" />
      </div>
      <div className="side-bones">
        {[70, 54, 62, 46, 58].map((width) => (
          <div className="bone" key={width} style={{ width: `${width}%` }} />
        ))}
      </div>
    </section>
  );
}
