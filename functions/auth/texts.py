"""What the e-mails say, in each language. `{school}` and `{name}` are filled in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language."""

    hello: str
    invitation_subject: str
    invitation_text: str
    invitation_button: str
    invitation_until: str
    reset_subject: str
    reset_text: str
    reset_until: str
    reset_ignore: str


LANGUAGES = {
    "en": Words(
        hello="Hello {name},",
        invitation_subject="{school}: set your password",
        invitation_text="{school} has made an account for you. Choose your password here:",
        invitation_button="Set your password",
        invitation_until="This link works once, for seven days.",
        reset_subject="{school}: your code",
        reset_text="Somebody, you we hope, asked to set a new password. This is the code for it:",
        reset_until="It works once, for 15 minutes.",
        reset_ignore="If it was not you, ignore this message: your password stays as it is.",
    ),
    "es": Words(
        hello="Hola, {name}:",
        invitation_subject="{school}: elija su contraseña",
        invitation_text="{school} le ha creado una cuenta. Elija aquí su contraseña:",
        invitation_button="Elegir la contraseña",
        invitation_until="Este enlace sirve una sola vez, durante siete días.",
        reset_subject="{school}: su código",
        reset_text="Alguien, esperamos que usted, ha pedido una contraseña nueva. Este es el código:",
        reset_until="Sirve una sola vez, durante 15 minutos.",
        reset_ignore="Si no ha sido usted, no haga nada: su contraseña no cambia.",
    ),
    "fr": Words(
        hello="Bonjour {name},",
        invitation_subject="{school} : choisissez votre mot de passe",
        invitation_text="{school} a créé un compte pour vous. Choisissez votre mot de passe ici :",
        invitation_button="Choisir le mot de passe",
        invitation_until="Ce lien fonctionne une seule fois, pendant sept jours.",
        reset_subject="{school} : votre code",
        reset_text="Quelqu’un, vous sans doute, a demandé un nouveau mot de passe. Voici le code :",
        reset_until="Il fonctionne une seule fois, pendant 15 minutes.",
        reset_ignore="Si ce n’était pas vous, ne faites rien : votre mot de passe ne change pas.",
    ),
    "hi": Words(
        hello="नमस्ते {name},",
        invitation_subject="{school}: अपना पासवर्ड बनाएँ",
        invitation_text="{school} ने आपके लिए एक खाता बनाया है। अपना पासवर्ड यहाँ चुनें:",
        invitation_button="पासवर्ड बनाएँ",
        invitation_until="यह लिंक सात दिनों तक, केवल एक बार काम करता है।",
        reset_subject="{school}: आपका कोड",
        reset_text="किसी ने, आशा है आपने ही, नया पासवर्ड माँगा है। यह उसका कोड है:",
        reset_until="यह 15 मिनट तक, केवल एक बार काम करता है।",
        reset_ignore="यदि यह आपने नहीं किया, तो कुछ न करें: आपका पासवर्ड वही रहेगा।",
    ),
    "ar": Words(
        hello="مرحبًا {name}،",
        invitation_subject="{school}: اختر كلمة المرور",
        invitation_text="أنشأت {school} حسابًا لك. اختر كلمة المرور من هنا:",
        invitation_button="اختيار كلمة المرور",
        invitation_until="يعمل هذا الرابط مرة واحدة فقط، خلال سبعة أيام.",
        reset_subject="{school}: رمزك",
        reset_text="طلب أحدهم، ونأمل أن يكون أنت، كلمة مرور جديدة. هذا هو الرمز:",
        reset_until="يعمل مرة واحدة فقط، خلال 15 دقيقة.",
        reset_ignore="إن لم تكن أنت من طلب ذلك، فتجاهل هذه الرسالة: تبقى كلمة مرورك كما هي.",
    ),
}
