import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { LazyMenu } from "../../components/LazyOverlays";
import type { MenuEntry } from "../../components/overlays";
import type { Id } from "../../gateway/protocol";
import { openDialog } from "../../state/ui";
import { canRecord } from "./recording";

interface Props {
  channelId: Id;
  /** Whether files may be attached here. */
  files: boolean;
  onFiles: (files: FileList | null) => void;
  onVoice: () => void;
}

/** What can go with a message beside what one types. */
export function AttachButton({ channelId, files, onFiles, onVoice }: Props) {
  const { t } = useTranslation();
  const trigger = useRef<HTMLButtonElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const entries: MenuEntry[] = [
    {
      id: "contact",
      label: t("share.contact"),
      icon: "person",
      testId: "share-contact",
      onChoose: () => openDialog({ kind: "shareContact", channelId }),
    },
    {
      id: "invite",
      label: t("share.invite"),
      icon: "invite",
      testId: "share-invite",
      onChoose: () => openDialog({ kind: "shareInvite", channelId }),
    },
  ];
  if (files && canRecord())
    entries.unshift({
      id: "voice",
      label: t("composer.voice"),
      icon: "mic",
      testId: "attach-voice",
      onChoose: onVoice,
    });
  if (files)
    entries.unshift({
      id: "file",
      label: t("composer.attach"),
      icon: "file",
      testId: "attach-file",
      onChoose: () => input.current?.click(),
    });
  return (
    <>
      <IconButton
        ref={trigger}
        icon="plus"
        label={t("composer.more")}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        data-testid="composer-more"
      />
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t("composer.attach")}
        onChange={(event) => {
          onFiles(event.target.files);
          event.target.value = "";
        }}
        data-testid="file-input"
      />
      {open && (
        <LazyMenu
          label={t("composer.more")}
          trigger={trigger}
          entries={entries}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}
