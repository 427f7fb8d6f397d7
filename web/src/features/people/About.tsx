import { useTranslation } from "react-i18next";
import { Markdown } from "../../components/Markdown";
import type { Profile } from "../../gateway/protocol";

/** What somebody says of themselves. */
export function About({ bio, fields }: Pick<Profile, "bio" | "fields">) {
  const { t } = useTranslation();
  if (bio === "" && fields.length === 0) return null;
  return (
    <div className="about" data-testid="about">
      {bio !== "" && (
        <section aria-label={t("people.about")}>
          <Markdown source={bio} />
        </section>
      )}
      {fields.length > 0 && (
        <dl>
          {fields.map(({ name, value }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two fields may be alike
            <div key={at}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

/** The picture at the top of a profile; a plain band where there is none. */
export function Banner({ banner }: { banner: string | null | undefined }) {
  return (
    <div className="banner">
      {banner && <img src={`/api/banners/${banner}`} alt="" draggable={false} data-testid="banner" />}
    </div>
  );
}
