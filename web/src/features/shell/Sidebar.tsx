import { useParams } from "@tanstack/react-router";
import { Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { LazyMenu } from "../../components/LazyOverlays";
import { lazily } from "../../components/lazily";
import { openDialog } from "../../state/ui";
import { ChannelList } from "../channels/ChannelList";
import { useMay, useMyId, useWorld } from "../parley";

const HomeSide = lazily(
  () => import("../home/HomeSide"),
  (module) => module.HomeSide,
);

/** The column of channels of the group in view. */
export function Sidebar({ loaded }: { loaded: boolean }) {
  const { t } = useTranslation();
  const { groupId } = useParams({ strict: false });
  const name = useWorld((world) => (groupId === undefined ? undefined : world.groups[groupId]?.group.name));
  if (!loaded) return <SidebarBones />;
  return (
    <section className="side" aria-label={t("shell.channels")}>
      {groupId !== undefined && name !== undefined ? (
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
  const may = useMay(groupId);
  const me = useMyId();
  const owner = useWorld((world) => world.groups[groupId]?.group.owner_id === me);
  const entries = [
    {
      id: "rename",
      label: t("group.rename"),
      icon: "edit" as const,
      shown: may("manage_group"),
      onChoose: () => openDialog({ kind: "renameGroup", groupId }),
    },
    {
      id: "text",
      label: t("group.newText"),
      icon: "hash" as const,
      shown: may("manage_channels"),
      onChoose: () => openDialog({ kind: "newChannel", groupId, channelKind: "text" }),
    },
    {
      id: "voice",
      label: t("group.newVoice"),
      icon: "sound" as const,
      shown: may("manage_channels"),
      onChoose: () => openDialog({ kind: "newChannel", groupId, channelKind: "voice" }),
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
    {
      id: "delete",
      label: t("group.delete"),
      icon: "trash" as const,
      danger: true,
      shown: owner,
      onChoose: () => openDialog({ kind: "deleteGroup", groupId }),
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
      {may("create_invite") && (
        <IconButton
          icon="invite"
          label={t("group.invite")}
          onClick={() => openDialog({ kind: "invite", groupId })}
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
