import { useTranslation } from "react-i18next";
import { Button, Notice } from "../../components/Button";
import { Icon } from "../../components/Icon";
import type { FileSection } from "../../gateway/protocol";
import { useAttempt, useParley } from "../parley";
import { useFileUrl } from "./FileCard";

/** A picture as large as the window lets it be. */
export function PictureView({ file }: { file: FileSection }) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const url = useFileUrl(file.file_id);
  if (url === false) return <Notice tone="bad">{t("file.failed")}</Notice>;
  return (
    <div className="picture-view">
      {url === null ? <span className="spinner" /> : <img src={url} alt={file.name} />}
      <Button onClick={() => void attempt(() => parley.files.save(file.file_id, file.name))}>
        <Icon name="download" size={18} />
        {t("file.save")}
      </Button>
    </div>
  );
}
