/** Which address shows what. */

import { createRootRoute, createRoute, createRouter, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { AuthPage } from "../features/auth/AuthPage";
import { ConversationBones } from "../features/conversation/Bones";
import { Home, Landing } from "../features/home/Home";
import { InvitePage } from "../features/invite/InvitePage";
import { Shell } from "../features/shell/Shell";
import { NotFound } from "./NotFound";

const conversation = () => import("../features/conversation/ChannelPage");
const ChannelPage = lazy(() => conversation().then((module) => ({ default: module.ChannelPage })));
const GroupPage = lazy(() => conversation().then((module) => ({ default: module.GroupPage })));

// Strangers meet a form first; for all others the conversation is needed at once.
if (!/^\/(login|signup|invite)\b/.test(location.pathname)) void conversation();

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

interface AuthSearch {
  next?: string;
  owner?: string;
}

function authSearch(search: Record<string, unknown>): AuthSearch {
  const next = text(search["next"]);
  const owner = text(search["owner"]);
  return { ...(next === undefined ? {} : { next }), ...(owner === undefined ? {} : { owner }) };
}

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: authSearch,
  component: function LoginPage() {
    const { next } = login.useSearch();
    return <AuthPage kind="login" next={next} />;
  },
});

const signup = createRoute({
  getParentRoute: () => root,
  path: "/signup",
  validateSearch: authSearch,
  component: function SignupPage() {
    const { next, owner } = signup.useSearch();
    return <AuthPage kind="signup" next={next} ownerToken={owner} />;
  },
});

const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite/$code",
  component: function Invitation() {
    const { code } = invite.useParams();
    return <InvitePage key={code} code={code} />;
  },
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });
const landing = createRoute({ getParentRoute: () => shell, path: "/", component: Landing });
const home = createRoute({ getParentRoute: () => shell, path: "/home", component: Home });
const group = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId",
  component: function Group() {
    const { groupId } = group.useParams();
    return (
      <Suspense fallback={<ConversationBones />}>
        <GroupPage groupId={groupId} />
      </Suspense>
    );
  },
});
const channel = createRoute({
  getParentRoute: () => shell,
  path: "/g/$groupId/c/$channelId",
  component: function ChannelRoute() {
    const { groupId, channelId } = channel.useParams();
    return (
      <Suspense fallback={<ConversationBones />}>
        <ChannelPage groupId={groupId} channelId={channelId} />
      </Suspense>
    );
  },
});

export const router = createRouter({
  routeTree: root.addChildren([login, signup, invite, shell.addChildren([landing, home, group, channel])]),
  scrollRestoration: false,
  // Codes and tokens are plain text; the default would read "123" as a number.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const pairs = Object.entries(search).filter(([, value]) => value !== undefined);
    const query = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
    return query === "" ? "" : `?${query}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
