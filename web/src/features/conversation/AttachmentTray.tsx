import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useStore } from "zustand";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { Id } from "../../gateway/protocol";
import { sizeText } from "../../lib/sizes";
import type { Upload } from "../../state/uploads";
import { useErrorText, useParley } from "../parley";

/** Trying again changes nothing. */
const FINAL: ReadonlySet<string> = new Set(["too_large", "quota_exceeded", "bad_image"]);
const PREVIEWED: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const NONE: readonly Upload[] = [];

/** Files that go with the next message: how far each is, and the way to take it out. */
export default function AttachmentTray({ channelId }: { channelId: Id }) {
  const { t } = useTranslation();
  const parley = useParley();
  const uploads = useStore(parley.uploads.store, (all) => all[channelId] ?? NONE);
  return (
    <ul className="attachments" aria-label={t("composer.files")} data-testid="attachments">
      {uploads.map((upload) => (
        <Attachment key={upload.key} channelId={channelId} upload={upload} />
      ))}
    </ul>
  );
}

function Attachment({ channelId, upload }: { channelId: Id; upload: Upload }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const say = useErrorText();
  const { key, file, state, progress, error } = upload;
  const preview = useMemo(() => (PREVIEWED.has(file.type) ? URL.createObjectURL(file) : null), [file]);
  useEffect(() => () => (preview === null ? undefined : URL.revokeObjectURL(preview)), [preview]);
  return (
    <li data-state={state} data-testid={`attachment-${file.name}`}>
      {preview === null ? <Icon name="file" size={22} /> : <img src={preview} alt="" />}
      <div className="grow">
        <strong>{file.name}</strong>
        {error === null ? (
          <small>{sizeText(file.size, i18n.language)}</small>
        ) : (
          <small className="problem" role="alert">
            {say(error)}
          </small>
        )}
        {(state === "uploading" || state === "waiting") && (
          <progress value={progress} max={1} aria-label={t("composer.uploading", { name: file.name })} />
        )}
      </div>
      {state === "failed" && error !== null && !FINAL.has(error.code) && (
        <IconButton
          icon="retry"
          size={16}
          label={t("action.retry")}
          onClick={() => parley.uploads.retry(channelId, key)}
        />
      )}
      <IconButton
        icon="close"
        size={16}
        label={t("composer.takeOut", { name: file.name })}
        onClick={() => parley.uploads.remove(channelId, key)}
        data-testid="attachment-remove"
      />
    </li>
  );
}
