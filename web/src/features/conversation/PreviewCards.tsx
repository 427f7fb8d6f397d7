import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button";
import type { Id, Message, Preview } from "../../gateway/protocol";
import { useAttempt, useMyId, useParley } from "../parley";
import "./previews.css";

interface Props {
  message: Message;
  previews: readonly Preview[];
  placeId: Id;
  /** Its button can be tabbed to. */
  active: boolean;
}

/** What the links in a message lead to, as these pages say it. */
export default function PreviewCards({ message, previews, placeId, active }: Props) {
  const { t } = useTranslation();
  const parley = useParley();
  const attempt = useAttempt();
  const mine = useMyId() === message.author_id;
  const remove = (): void => void attempt(() => parley.api.removePreviews(placeId, message.id));
  return (
    <section className="previews" data-mine={mine || undefined} aria-label={t("preview.title")}>
      {previews.map((preview) => (
        <PreviewCard key={preview.url} preview={preview} />
      ))}
      {mine && (
        <IconButton
          icon="close"
          size={16}
          label={t("preview.remove")}
          tabIndex={active ? 0 : -1}
          onClick={remove}
          data-testid="preview-remove"
        />
      )}
    </section>
  );
}

const WIDE_PX = 240;

function PreviewCard({ preview }: { preview: Preview }) {
  const { url, title, description, image } = preview;
  const wide = image !== null && image.width >= WIDE_PX && image.width > 1.2 * image.height;
  const bare = title === "" && image !== null;
  return (
    <article className="preview" data-wide={wide || bare || undefined} data-testid="preview">
      <div className="preview-words">
        <small>{preview.site_name || hostOf(url)}</small>
        {title !== "" && (
          <Away url={url}>
            <strong>{title}</strong>
          </Away>
        )}
        {description !== "" && <p>{description}</p>}
      </div>
      {image !== null && (
        <Away url={url}>
          <img
            src={`/api/previews/${image.id}`}
            alt={title || hostOf(url)}
            width={image.width}
            height={image.height}
            loading="lazy"
          />
        </Away>
      )}
    </article>
  );
}

function Away({ url, children }: { url: string; children: React.ReactNode }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" tabIndex={-1}>
      {children}
    </a>
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/^www\./, "");
  } catch {
    return url;
  }
}
