import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton, Notice } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { FileSection, Id, Section } from "../../gateway/protocol";
import { useAttempt, useParley, useWorld } from "../parley";
import { useFileUrl } from "./FileCard";
import { isPicture } from "./shapes";

interface Props {
  file: FileSection;
  /** Among whose pictures one can go on. */
  channelId: Id | null;
}

const NONE: readonly FileSection[] = [];

function picturesIn(sections: readonly Section[]): FileSection[] {
  return sections.flatMap((section) => {
    if (section.kind === "forward") return picturesIn(section.sections);
    return section.kind === "file" && isPicture(section) ? [section] : [];
  });
}

/** A picture as large as the window lets it be, and larger; arrows go through those of the conversation. */
export function PictureView({ file, channelId }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const history = useWorld((world) => (channelId === null ? undefined : world.histories[channelId]));
  const all = history === undefined ? NONE : history.messages.flatMap((each) => picturesIn(each.sections));
  const [shown, setShown] = useState(file);
  const [large, setLarge] = useState(false);
  const url = useFileUrl(shown.file_id, "whole");
  const at = all.findIndex((each) => each.file_id === shown.file_id);
  const go = (by: number): void => {
    const next = at === -1 ? undefined : all[at + by];
    if (next === undefined) return;
    setShown(next);
    setLarge(false);
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "ArrowLeft") go(-1);
    else if (event.key === "ArrowRight") go(1);
    else if (event.key === "+" || event.key === "-") setLarge(event.key === "+");
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons below, wherever the focus is
    <div className="picture-view" onKeyDown={pressed} data-testid="picture-view">
      {url === false ? (
        <Notice tone="bad">{t("file.failed")}</Notice>
      ) : (
        <button
          type="button"
          className="picture-frame"
          data-large={large || undefined}
          aria-label={t(large ? "file.smaller" : "file.larger")}
          onClick={() => setLarge(!large)}
        >
          {url === null ? (
            <span className="spinner" />
          ) : (
            <img
              key={shown.file_id}
              src={url}
              alt={shown.name}
              width={shown.media?.width}
              height={shown.media?.height}
            />
          )}
        </button>
      )}
      <div className="picture-tools">
        <IconButton
          icon="back"
          label={t("file.earlier")}
          disabled={at < 1}
          onClick={() => go(-1)}
          data-testid="picture-earlier"
        />
        <span aria-live="polite">{shown.name}</span>
        <Button onClick={() => void attempt(() => parley.files.save(shown.file_id, shown.name))}>
          <Icon name="download" size={18} />
          {t("file.save")}
        </Button>
        <IconButton
          icon="next"
          label={t("file.later")}
          disabled={at === -1 || at >= all.length - 1}
          onClick={() => go(1)}
          data-testid="picture-later"
        />
      </div>
    </div>
  );
}
