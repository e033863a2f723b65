<?php
// Tests ask WordPress itself here, past its REST interface: POST {"do": "posts", ...}.
require getenv('WP_CODE') . '/wp-load.php';
$asked = json_decode(file_get_contents('php://input'), true);
$doing = [
    'person' => function ($asked) {
        $name = $asked['name'];
        $id = wp_insert_user([
            'user_login' => $name, 'user_pass' => wp_generate_password(), 'role' => $asked['role'],
            'user_email' => "$name@example.org", 'display_name' => ucfirst($name),
        ]);
        list($password, $item) = WP_Application_Passwords::create_new_application_password($id, ['name' => 'proof']);
        return ['id' => $id, 'password' => WP_Application_Passwords::chunk_password($password), 'uuid' => $item['uuid']];
    },
    'revoke' => fn($asked) => WP_Application_Passwords::delete_all_application_passwords($asked['id']),
    'posts' => fn($asked) => array_map(
        fn($post) => [
            'id' => $post->ID, 'title' => $post->post_title, 'content' => $post->post_content,
            'status' => $post->post_status, 'slug' => $post->post_name, 'thumbnail' => get_post_thumbnail_id($post),
            'url' => get_permalink($post), 'categories' => wp_get_post_categories($post->ID, ['fields' => 'names']),
        ],
        get_posts([
            'author' => $asked['id'], 'post_status' => $asked['status'], 'post_type' => $asked['type'],
            'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC',
        ])
    ),
    'comment' => fn($asked) => wp_insert_comment([
        'comment_post_ID' => $asked['post'], 'comment_author' => $asked['name'],
        'comment_content' => $asked['text'], 'comment_author_email' => 'lezer@example.org',
        'comment_date_gmt' => $asked['at'] ?? current_time('mysql', true),
        'comment_date' => get_date_from_gmt($asked['at'] ?? current_time('mysql', true)),
        'comment_approved' => $asked['approved'] ?? 1, 'comment_parent' => $asked['parent'] ?? 0,
    ]),
    'comments' => fn($asked) => array_map(
        fn($one) => ['id' => (int) $one->comment_ID, 'text' => $one->comment_content, 'parent' => (int) $one->comment_parent],
        get_comments(['user_id' => $asked['id'], 'orderby' => 'comment_ID', 'order' => 'ASC'])
    ),
    'join' => fn($asked) => add_user_to_blog(get_blog_id_from_url('localhost', '/winkel/'), $asked['id'], 'editor'),
    'forget' => fn($asked) => array_map(fn($one) => wp_delete_comment($one, true), get_comments(['status' => 'any'])),
    'approve' => fn($asked) => wp_set_comment_status($asked['comment'], 'approve'),
    'change' => fn($asked) => wp_update_post(wp_slash(['ID' => $asked['post']] + $asked['to'])),
];
header('content-type: application/json');
echo json_encode($doing[$asked['do']]($asked));
