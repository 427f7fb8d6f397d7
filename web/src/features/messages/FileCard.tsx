import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { FileSection } from "../../gateway/protocol";
import { sizeText } from "../../lib/sizes";
import { openDialog } from "../../state/ui";
import { useAttempt, useParley } from "../parley";
import "./messages.css";

const SHOWN: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Larger pictures are fetched only when asked for. */
const PREVIEW_MAX_BYTES = 8_000_000;

export const isPicture = (mediaType: string): boolean => SHOWN.has(mediaType);

export function FileCard({ file }: { file: FileSection }) {
  const { t, i18n } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    await attempt(() => parley.files.save(file.file_id, file.name));
    setBusy(false);
  };
  if (isPicture(file.media_type) && file.size_bytes <= PREVIEW_MAX_BYTES) return <Picture file={file} />;
  return (
    <div className="card file-card" data-testid="file">
      <Icon name="file" size={28} />
      <div className="grow">
        <strong>{file.name}</strong>
        <small>{sizeText(file.size_bytes, i18n.language)}</small>
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

/** A picture's address in this page; null while it comes, false when it cannot be had. */
export function useFileUrl(id: string): string | null | false {
  const parley = useParley();
  const [url, setUrl] = useState<string | null | false>(null);
  useEffect(() => {
    let shown = true;
    parley.files
      .url(id)
      .then((each) => shown && setUrl(each))
      .catch(() => shown && setUrl(false));
    return () => {
      shown = false;
    };
  }, [parley, id]);
  return url;
}

function Picture({ file }: { file: FileSection }) {
  const { t } = useTranslation();
  const url = useFileUrl(file.file_id);
  if (url === false)
    return (
      <div className="card file-card" data-testid="file">
        <Icon name="file" size={28} />
        <div className="grow">
          <strong>{file.name}</strong>
          <small>{t("file.failed")}</small>
        </div>
      </div>
    );
  return (
    <button
      type="button"
      className="picture"
      aria-label={t("file.show", { name: file.name })}
      onClick={() => openDialog({ kind: "picture", file })}
      data-testid="file"
    >
      {url === null ? <span className="bone" /> : <img src={url} alt={file.name} draggable={false} />}
    </button>
  );
}
