import { type CSSProperties, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { FileSection } from "../../gateway/protocol";
import { sizeText } from "../../lib/sizes";
import { thumbUrl } from "../../lib/thumbhash";
import type { FileView } from "../../state/files";
import { openDialog } from "../../state/ui";
import { useAttempt, useParley } from "../parley";
import { Player } from "./Player";
import { fitted, isPicture, isSound, isVideo } from "./shapes";
import "./messages.css";

interface Props {
  file: FileSection;
  /** The message that it stands in, if it is one. */
  at?: { channelId: string; messageId: string } | undefined;
}

export function FileCard({ file, at }: Props) {
  if (isPicture(file)) return <Picture file={file} at={at} />;
  if (isVideo(file)) return <Video file={file} />;
  if (isSound(file)) return <Player file={file} />;
  return <Plain file={file} />;
}

function Plain({ file, problem }: { file: FileSection; problem?: string }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    await attempt(() => parley.files.save(file.file_id, file.name));
    setBusy(false);
  };
  return (
    <div className="card file-card" data-testid="file">
      <Icon name="file" size={28} />
      <div className="grow">
        <strong>{file.name}</strong>
        <small>{problem ?? sizeText(file.size_bytes, i18n.language)}</small>
      </div>
      <IconButton
        icon="download"
        label={t("file.download", { name: file.name })}
        aria-busy={busy}
        disabled={busy}
        onClick={() => void save()}
        data-testid="file-download"
      />
    </div>
  );
}

/** A file's address; null while it comes, false when it cannot be had. */
export function useFileUrl(id: string, view: FileView = "whole"): string | null | false {
  const parley = useParley();
  const [url, setUrl] = useState<string | null | false>(null);
  useEffect(() => {
    let shown = true;
    parley.files
      .url(id, view)
      .then((each) => shown && setUrl(each))
      .catch(() => shown && setUrl(false));
    return () => {
      shown = false;
    };
  }, [parley, id, view]);
  return url;
}

/** The room that it will take, blurred until it is there: nothing jumps. */
function room(file: FileSection): CSSProperties {
  const { width, height } = fitted(file.media ?? {});
  const blurred = file.media?.thumbhash === undefined ? null : thumbUrl(file.media.thumbhash);
  return {
    width,
    aspectRatio: `${width} / ${height}`,
    ...(blurred !== null && { backgroundImage: `url(${blurred})` }),
  };
}

function Picture({ file, at }: Props) {
  const { t } = useTranslation();
  const url = useFileUrl(file.file_id, file.media?.animated ? "whole" : "large");
  const [failed, setFailed] = useState(false);
  if (url === false || failed) return <Plain file={file} problem={t("file.failed")} />;
  return (
    <button
      type="button"
      className="picture"
      style={room(file)}
      aria-label={t("file.show", { name: file.name })}
      onClick={() => openDialog({ kind: "picture", file, channelId: at?.channelId ?? null })}
      data-testid="file"
    >
      {url !== null && (
        <img src={url} alt={file.name} draggable={false} decoding="async" onError={() => setFailed(true)} />
      )}
    </button>
  );
}

function Video({ file }: { file: FileSection }) {
  const { t, i18n } = useTranslation();
  const poster = useFileUrl(file.file_id, "large");
  const url = useFileUrl(file.file_id, "whole");
  const [failed, setFailed] = useState(false);
  if (url === false || failed) return <Plain file={file} problem={t("file.failed")} />;
  return (
    <figure className="video" data-testid="file">
      <video
        controls
        playsInline
        preload="none"
        style={room(file)}
        aria-label={file.name}
        {...(poster ? { poster } : {})}
        {...(url ? { src: url } : {})}
        onError={() => setFailed(true)}
      />
      <figcaption>
        {file.name} <small>{sizeText(file.size_bytes, i18n.language)}</small>
      </figcaption>
    </figure>
  );
}
