/**
 * The words of the pages, in Arabic.
 */

import type { Texts } from './texts.ts';

export const arabic: Texts = {
  dir: 'rtl',
  brand: 'Lamplighter',
  username: 'اسم المستخدم أو البريد الإلكتروني',
  password: 'كلمة المرور',
  signIn: {
    title: 'تسجيل الدخول',
    forClient: (client) => `للمتابعة إلى ${client}`,
    submit: 'تسجيل الدخول',
    wrong: 'اسم المستخدم أو كلمة المرور غير صحيحة.',
    locked: (minutes) => `محاولات فاشلة كثيرة. حاول مرة أخرى بعد ${arabicMinutes(minutes)}.`,
    expired: 'انتهت صلاحية كلمة المرور. غيّرها أولًا ثم سجّل الدخول.',
    tooMany: 'لديك جلسات كثيرة مفتوحة. سجّل الخروج من إحداها أولًا.',
    stale: 'بقيت هذه الصفحة مفتوحة مدة طويلة. سجّل الدخول الآن.',
  },
  goOn: { title: (client) => `إلى ${client}`, submit: 'متابعة' },
  consent: {
    title: (client) => `يطلب ${client} الإذن`,
    save: 'لا تسألني مرة أخرى ما دمت مسجّل الدخول',
    yes: 'السماح',
    no: 'عدم السماح',
  },
  signedInAs: (name) => `أنت مسجّل الدخول باسم ${name}.`,
  logOut: {
    title: 'هل تريد تسجيل الخروج؟',
    text: 'سيؤدي هذا إلى تسجيل خروجك من جميع التطبيقات التي فتحتها بهذا الدخول.',
    yes: 'تسجيل الخروج',
    no: 'البقاء',
    done: { title: 'تم تسجيل خروجك', text: 'يمكنك إغلاق هذه الصفحة.' },
    kept: { title: 'ما زلت مسجّل الدخول', text: 'يمكنك إغلاق هذه الصفحة.' },
  },
  device: {
    title: 'ربط جهاز',
    name: 'جهازك',
    ask: 'أدخل الرمز الظاهر على الجهاز. انتبه إلى الأحرف الكبيرة والصغيرة.',
    code: 'الرمز',
    submit: 'متابعة',
    wrong: 'لا يوجد رمز كهذا. ربما انتهت صلاحيته: اطلب من الجهاز رمزًا جديدًا.',
    locked: (minutes) => `رموز خاطئة كثيرة. حاول مرة أخرى بعد ${arabicMinutes(minutes)}.`,
    confirm: {
      title: 'هل تريد ربط هذا الجهاز؟',
      text: (client) => `سيتم تسجيل دخول ${client} باسمك على الجهاز الذي يعرض هذا الرمز:`,
      warning: 'لا تتابع إلا إذا كان الجهاز أمامك ولم يرسل إليك أحد هذا الرمز.',
      yes: 'ربط',
      no: 'عدم الربط',
    },
    done: { title: 'تم ربط الجهاز', text: 'يمكنك إغلاق هذه الصفحة.' },
    denied: { title: 'لم يتم ربط الجهاز', text: 'يمكنك إغلاق هذه الصفحة.' },
    gone: {
      title: 'انتهت صلاحية الرمز',
      text: 'انتظر مدة طويلة أو تم البت فيه من قبل. اطلب من الجهاز رمزًا جديدًا.',
    },
  },
  scopes: {
    title: 'سيتمكن من:',
    openid: 'معرفة هويتك',
    profile: 'رؤية اسمك',
    email: 'رؤية بريدك الإلكتروني',
    offline_access: 'البقاء متصلًا في غيابك',
  },
  problem: {
    title: 'لا يمكن تنفيذ هذا الطلب',
    advice: 'ارجع إلى التطبيق وحاول مرة أخرى. إذا تكرر ذلك فأرسل هذا النص إلى أصحاب التطبيق:',
  },
};

/** One, two, three to ten, and more than that are counted in four ways. */
function arabicMinutes(minutes: number): string {
  if (minutes === 1) return 'دقيقة واحدة';
  if (minutes === 2) return 'دقيقتين';
  return minutes <= 10 ? `${minutes} دقائق` : `${minutes} دقيقة`;
}
